// The cards with pdfkit and qrcode: with_pdfkit.cjs FOLDER FONTS OUT. The folder has
// cards.csv and card.json.
const fs = require("node:fs");
const path = require("node:path");
const PDFDocument = require("pdfkit");
const QRCode = require("qrcode");

const mm = 72 / 25.4;
const side = 34 * mm; // of a code with its quiet zone of 4 modules

const [folder, fonts, out] = process.argv.slice(2);
const { front, back } = JSON.parse(fs.readFileSync(path.join(folder, "card.json"), "utf8"));
// No text has a comma or a quotation mark in it.
const [names, ...rows] = fs.readFileSync(path.join(folder, "cards.csv"), "utf8").trim().split(/\r?\n/).map((line) => line.split(","));
const cards = rows.map((row) => Object.fromEntries(row.map((text, i) => [names[i], text])));

function draw(doc, url, x, y) {
  const { size, data } = QRCode.create(url, { errorCorrectionLevel: "M" }).modules;
  const m = side / (size + 8);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let end = column;
      while (end < size && data[row * size + end]) end++;
      if (end > column) doc.rect(x + (4 + column) * m, y + (4 + row) * m, (end - column) * m, m);
      column = end;
    }
  }
  doc.fill("black");
}

const doc = new PDFDocument({ size: "A4", margin: 0, autoFirstPage: false });
doc.pipe(fs.createWriteStream(out));
doc.registerFont("face", path.join(fonts, "BIZUDPGothic-Regular.ttf"));
doc.registerFont("bold", path.join(fonts, "BIZUDPGothic-Bold.ttf"));
for (let at = 0; at < cards.length; at += 10) {
  for (const face of [front, back]) {
    doc.addPage();
    cards.slice(at, at + 10).forEach((card, cell) => {
      const column = face === back ? 1 - (cell % 2) : cell % 2;
      const x = (14 + 91 * column) * mm, y = (11 + 55 * Math.floor(cell / 2)) * mm;
      for (const b of face.boxes) {
        doc.roundedRect(x + b.x * mm, y + b.y * mm, b.w * mm, b.h * mm, b.r * mm).fill(b.ink);
      }
      for (const t of face.texts) {
        doc.font(t.bold ? "bold" : "face").fontSize(t.size * mm).fillColor(t.ink);
        doc.text(t.text || card.serial, x + t.x * mm, y + t.y * mm, { lineBreak: false, baseline: "alphabetic" });
      }
      if (face === back) draw(doc, card.url, x + 4 * mm, y + 4 * mm);
    });
  }
}
doc.end();
