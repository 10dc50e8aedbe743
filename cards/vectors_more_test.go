package cards

import (
	"strings"
)

func makeScans() scanVectors {
	card := signedBy(keyLive, vectorClaims(nil))
	text := card.Text()
	hosts := []Host{vectorHost, "kiosk.test:8443"}
	url, port := hosts[0].URL(card), hosts[1].URL(card)
	v := scanVectors{About: "What scanners deliver, and the canonical text that comes of it.", Hosts: hosts}
	good := func(name, scan string) { v.Cases = append(v.Cases, vectorScan{name, scan, text, "good"}) }
	bad := func(name, scan, want string) {
		v.Cases = append(v.Cases, vectorScan{Name: name, Scan: scan, Want: want})
	}
	good("URL", url)
	good("bare text", text)
	good("lower case", strings.ToLower(url))
	good("bare text, lower case", strings.ToLower(text))
	good("carriage return", url+"\r")
	good("carriage return, line feed", text+"\r\n")
	good("tab and blanks", url+"\t  ")
	good("exactly 400 bytes", url+strings.Repeat(" ", maxScan-len(url)))
	good("host with port", port)
	good("US scanner on a machine set to Japanese keys", strings.ReplaceAll(port, ":", "+"))
	good("Japanese scanner on a machine set to US keys", strings.ToLower(strings.ReplaceAll(port, ":", "'")))
	bad("401 bytes", url+strings.Repeat(" ", maxScan+1-len(url)), "malformed")
	bad("empty", "", "malformed")
	bad("blank in front", " "+url, "malformed")
	bad("http", strings.Replace(url, "HTTPS", "HTTP", 1), "malformed")
	bad("another path", strings.Replace(url, "/C/", "/D/", 1), "malformed")
	bad("a path in front", strings.Replace(url, "/C/", "/X/C/", 1), "malformed")
	bad("a query behind", url+"?A", "malformed")
	bad("a slash behind", url+"/", "malformed")
	bad("cut", url[:len(url)-1], "malformed")
	bad("our site without a card", vectorHost.Site(), "malformed")
	bad("long s for S", strings.Replace(strings.ToLower(url), "https", "httpſ", 1), "malformed")
	bad("Kelvin sign for K", strings.Replace(port, "KIOSK", "KIOS\u212A", 1), "another host")
	bad("another host", strings.Replace(url, "P.EXAMPLE.JP", "P.EXAMPLE.COM", 1), "another host")
	bad("another host, no card, no path", "https://example.com", "another host")
	bad("another host, 130 characters in all", "https://example.com/"+strings.Repeat("a", 110), "another host")
	bad("our host as the user of another", strings.Replace(url, "P.EXAMPLE.JP", "P.EXAMPLE.JP@EVIL.TEST", 1), "another host")
	bad("our host with a dot behind", strings.Replace(url, "P.EXAMPLE.JP", "P.EXAMPLE.JP.", 1), "another host")
	bad("our host on another port", strings.Replace(url, "P.EXAMPLE.JP", "P.EXAMPLE.JP:8443", 1), "another host")
	bad("no host", strings.Replace(url, "P.EXAMPLE.JP", "", 1), "another host")
	return v
}

func makeSerials() serialVectors {
	v := serialVectors{About: "Serials as people type them. What is typed as the serial stands is canonical."}
	good := func(name, typed string, s Serial) {
		v.Cases = append(v.Cases, vectorSerial{name, typed, s.String(), s.Allotment, s.Number, "good"})
	}
	bad := func(name, typed string) {
		v.Cases = append(v.Cases, vectorSerial{Name: name, Typed: typed, Want: "no serial"})
	}
	plain := Serial{Allotment: 7, Number: 42}
	text := plain.String()
	good("canonical", text, plain)
	good("smallest", Serial{1, 1}.String(), Serial{1, 1})
	good("largest", Serial{1<<32 - 1, MaxNumber}.String(), Serial{1<<32 - 1, MaxNumber})
	good("no hyphens", strings.ReplaceAll(text, "-", ""), plain)
	good("blanks", " "+strings.ReplaceAll(text, "-", " - ")+" ", plain)
	good("lower case", strings.ToLower(text), plain)
	good("letters for digits", strings.NewReplacer("0", "o", "1", "l").Replace(text), plain)
	bad("empty", "")
	bad("one character short", text[:13])
	bad("one character long", text+"0")
	bad("letter U", "U"+text[1:])
	bad("wrong check", text[:13]+"0")
	bad("allotment 0", sealSerial(0, 42))
	bad("number 0", sealSerial(7, 0))
	bad("a card's text", signedBy(keyLive, vectorClaims(nil)).Text())
	return v
}

// sealSerial writes a serial that none may have, with the right check.
func sealSerial(allotment, number uint32) string {
	return Serial{Allotment: allotment, Number: number}.String()
}
