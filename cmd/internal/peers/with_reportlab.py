"""The cards with ReportLab: with_reportlab.py widget|libqrencode CSV FONT OUT"""
import csv
import ctypes
import sys

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

SIDE = 34 * mm  # of a code with its quiet zone of 4 modules
FRONT = [("l1", 6, 8, 11), ("l2", 4, 30, 28), ("l3", 4, 41, 14), ("l4", 4, 50, 8)]
BACK = [("l5", 4, 42.7, 9), ("l6", 4, 48.6, 8), ("l7", 42, 20, 8)]


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


def main(way, source, font, out):
    draw = widget if way == "widget" else libqrencode()
    pdfmetrics.registerFont(TTFont("face", font))
    page = Canvas(out, pagesize=A4, pageCompression=1)
    height = A4[1]
    with open(source, encoding="utf-8", newline="") as file:
        cards = list(csv.DictReader(file))
    for at in range(0, len(cards), 10):
        for back in (False, True):
            for cell, card in enumerate(cards[at : at + 10]):
                column = 1 - cell % 2 if back else cell % 2
                x, top = (14 + 91 * column) * mm, height - (11 + 55 * (cell // 2)) * mm
                for name, dx, dy, size in BACK if back else FRONT:
                    page.setFont("face", size)
                    page.drawString(x + dx * mm, top - dy * mm, card[name])
                if back:
                    draw(page, card["url"], x + 4 * mm, top - 4 * mm - SIDE)
            page.showPage()
    page.save()


main(*sys.argv[1:])
