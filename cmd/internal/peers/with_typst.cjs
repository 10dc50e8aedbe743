// The cards with typst's node compiler: with_typst.cjs FOLDER FONTS OUT. The folder has
// cards.csv, codes.txt, a code a line as an SVG, and cards.typ.
const fs = require("node:fs");
const path = require("node:path");
const { NodeCompiler } = require("@myriaddreamin/typst-ts-node-compiler");

const [folder, fonts, out] = process.argv.slice(2);
const compiler = NodeCompiler.create({ workspace: folder, fontArgs: [{ fontPaths: [fonts] }] });
fs.writeFileSync(out, compiler.pdf({ mainFilePath: path.join(folder, "cards.typ") }));
