// The cards with pdfkit and qrcode: with_pdfkit.cjs CSV FONT OUT
const fs = require("node:fs");
const PDFDocument = require("pdfkit");
const QRCode = require("qrcode");

const mm = 72 / 25.4;
const side = 34 * mm; // of a code with its quiet zone of 4 modules
const front = [["l1", 6, 8, 11], ["l2", 4, 30, 28], ["l3", 4, 41, 14], ["l4", 4, 50, 8]];
const back = [["l5", 4, 42.7, 9], ["l6", 4, 48.6, 8], ["l7", 42, 20, 8]];

const [source, font, out] = process.argv.slice(2);
// No text has a comma or a quotation mark in it.
const [names, ...rows] = fs.readFileSync(source, "utf8").trim().split(/\r?\n/).map((line) => line.split(","));
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
doc.registerFont("face", font).font("face");
for (let at = 0; at < cards.length; at += 10) {
  for (const texts of [front, back]) {
    doc.addPage();
    cards.slice(at, at + 10).forEach((card, cell) => {
      const column = texts === back ? 1 - (cell % 2) : cell % 2;
      const x = (14 + 91 * column) * mm, y = (11 + 55 * Math.floor(cell / 2)) * mm;
      for (const [name, dx, dy, size] of texts) {
        doc.fontSize(size).text(card[name], x + dx * mm, y + dy * mm, { lineBreak: false, baseline: "alphabetic" });
      }
      if (texts === back) draw(doc, card.url, x + 4 * mm, y + 4 * mm);
    });
  }
}
doc.end();
