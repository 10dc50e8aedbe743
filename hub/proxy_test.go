package hub

import (
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pointkiosk/packaging/proof"
)

// behindNginx starts a real nginx with the sample settings, on loopback and
// without TLS, in front of a hub, and returns its address and its log folder.
func behindNginx(t *testing.T, hub string, mend func(string) string) (base, logs string) {
	t.Helper()
	proof.Needs(t, "nginx")
	sample := string(must(os.ReadFile("../packaging/nginx.conf"))(t))
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	lines := []string{}
	for line := range strings.Lines(sample) {
		if !strings.HasPrefix(strings.TrimSpace(line), "ssl_") {
			lines = append(lines, line)
		}
	}
	site := strings.NewReplacer("listen 443 ssl", "listen "+addr, "http://127.0.0.1:8080", hub, "/var/log/nginx", dir).Replace(strings.Join(lines, ""))
	if mend != nil {
		site = mend(strings.ReplaceAll(site, "/dev/null", filepath.Join(dir, "error.log")))
	}
	conf := "daemon off;\nmaster_process off;\npid " + dir + "/pid;\nerror_log " + dir + "/main.log;\nevents {}\nhttp {\n" +
		"client_body_temp_path " + dir + "/b;\nproxy_temp_path " + dir + "/p;\nfastcgi_temp_path " + dir + "/f;\nuwsgi_temp_path " + dir + "/u;\nscgi_temp_path " + dir + "/s;\n" + site + "}\n"
	path := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.Command("nginx", "-p", dir, "-c", path, "-e", filepath.Join(dir, "main.log"))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	for range 100 {
		if conn, err := net.Dial("tcp", addr); err == nil {
			_ = conn.Close()
			return "http://" + addr, dir
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("nginx did not start: %s", must(os.ReadFile(filepath.Join(dir, "main.log")))(t))
	return "", ""
}

// driveNginx opens card addresses through the proxy, with the hub there and
// with the hub gone, and collects what the proxy kept and answered.
func driveNginx(t *testing.T, mend func(string) string) (map[string]string, trail) {
	t.Helper()
	town := newTown(t, nil)
	card := town.card(bar, 77)
	base, logs := behindNginx(t, town.server.URL, mend)
	left := trail{}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 10 * time.Second}
	get := func(path string) int {
		resp, err := client.Get(base + path)
		if err != nil {
			t.Fatal(strings.ReplaceAll(err.Error(), card.Text(), "…"))
		}
		left["answers"] = append(left["answers"], resp.Header.Get("Location")+"\n"...)
		return must(resp.StatusCode, resp.Body.Close())(t)
	}
	paths := []string{"/C/" + card.Text(), "/c/" + strings.ToLower(card.Text()), "//C/" + card.Text(), "/C/" + card.Text() + "?x=1", "/x/" + url.PathEscape(card.Text())}
	if status := get(paths[0]); status != http.StatusSeeOther {
		t.Fatalf("the card's address was answered with %d", status)
	}
	for _, p := range paths {
		get(p)
	}
	town.server.CloseClientConnections()
	town.server.Close()
	for _, p := range paths {
		if status := get(p); status != http.StatusBadGateway {
			t.Fatalf("without the hub: %d", status)
		}
	}
	for _, file := range must(filepath.Glob(filepath.Join(logs, "*.log")))(t) {
		left["proxy log"] = append(left["proxy log"], must(os.ReadFile(file))(t)...)
	}
	return secretsOf(card), left
}

// The sample proxy keeps no card either (DECISIONS 19).
func TestSampleProxyKeepsNoCard(t *testing.T) {
	secrets, left := driveNginx(t, nil)
	if len(left["proxy log"]) < 200 {
		t.Errorf("the proxy logged %d bytes: the search looked at nothing", len(left["proxy log"]))
	}
	if places := left.found(secrets); len(places) > 0 {
		t.Errorf("found: %v", places)
	}
}

// With nginx's own ways of logging the search finds the card, in both logs.
func TestProxyCanaryFindsFaults(t *testing.T) {
	for name, mend := range map[string]func(string) string{
		"access log": func(site string) string { return strings.Replace(site, ".log pointkiosk;", ".log combined;", 1) },
		"error log":  func(site string) string { return strings.Replace(site, "error.log emerg;", "error.log error;", 1) },
	} {
		t.Run(name, func(t *testing.T) {
			secrets, left := driveNginx(t, mend)
			if places := left.found(secrets); len(places) == 0 {
				t.Error("the planted fault was not found")
			}
		})
	}
}
