"""The cards with ReportLab: with_reportlab.py widget|libqrencode FOLDER FONTS OUT. The folder has cards.csv and card.json."""
import csv
import ctypes
import json
import os
import sys

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

SIDE = 34 * mm  # of a code with its quiet zone of 4 modules


class QRcode(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_ubyte))]


def widget(page, url, x, y):
    code = QrCodeWidget(url, barLevel="M", barWidth=SIDE, barHeight=SIDE, barBorder=4)
    drawing = Drawing(SIDE, SIDE)
    drawing.add(code)
    renderPDF.draw(drawing, page, x, y)


def libqrencode():
    lib = ctypes.CDLL("libqrencode.so.4")
    lib.QRcode_encodeString.restype = ctypes.POINTER(QRcode)
    lib.QRcode_free.argtypes = [ctypes.POINTER(QRcode)]

    def draw(page, url, x, y):
        code = lib.QRcode_encodeString(url.encode(), 0, 1, 2, 1)  # level M, bytes where nothing shorter will do
        n = code.contents.width
        bits = bytes(code.contents.data[: n * n])
        lib.QRcode_free(code)
        m = SIDE / (n + 8)
        path = page.beginPath()
        for row in range(n):
            column = 0
            while column < n:
                if bits[row * n + column] & 1:
                    end = column
                    while end < n and bits[row * n + end] & 1:
                        end += 1
                    path.rect(x + (4 + column) * m, y + (n + 3 - row) * m, (end - column) * m, m)
                    column = end
                column += 1
        page.drawPath(path, stroke=0, fill=1)

    return draw


def main(way, folder, fonts, out):
    draw = widget if way == "widget" else libqrencode()
    pdfmetrics.registerFont(TTFont("face", os.path.join(fonts, "BIZUDPGothic-Regular.ttf")))
    pdfmetrics.registerFont(TTFont("bold", os.path.join(fonts, "BIZUDPGothic-Bold.ttf")))
    page = Canvas(out, pagesize=A4, pageCompression=1)
    height = A4[1]
    with open(os.path.join(folder, "cards.csv"), encoding="utf-8", newline="") as file:
        cards = list(csv.DictReader(file))
    with open(os.path.join(folder, "card.json"), encoding="utf-8") as file:
        design = json.load(file)
    for at in range(0, len(cards), 10):
        for back, face in enumerate((design["front"], design["back"])):
            for cell, card in enumerate(cards[at : at + 10]):
                column = 1 - cell % 2 if back else cell % 2
                x, top = (14 + 91 * column) * mm, height - (11 + 55 * (cell // 2)) * mm
                for b in face["boxes"]:
                    page.setFillColor(HexColor(b["ink"]))
                    page.roundRect(x + b["x"] * mm, top - (b["y"] + b["h"]) * mm, b["w"] * mm, b["h"] * mm, b["r"] * mm, stroke=0, fill=1)
                for t in face["texts"]:
                    page.setFillColor(HexColor(t["ink"]))
                    page.setFont("bold" if t["bold"] else "face", t["size"] * mm)
                    page.drawString(x + t["x"] * mm, top - t["y"] * mm, t["text"] or card["serial"])
                if back:
                    page.setFillColorRGB(0, 0, 0)
                    draw(page, card["url"], x + 4 * mm, top - 4 * mm - SIDE)
            page.showPage()
    page.save()


main(*sys.argv[1:])
