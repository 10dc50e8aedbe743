package fault
import ("testing";"time")
func TestZ(t *testing.T){
 s,d:=newCutShop(t,sound)
 lap:=time.Now()
 l:=func(n string){t.Log(n,time.Since(lap));lap=time.Now()}
 for range 3 {
 s.kill(200*time.Millisecond,"issue","--count","1000"); l("issue")
 d.Cut(); l("cut"); d.Unmount(); l("umount"); d.Mount(); l("mount")
 s.hear();
 n:=len(s.sheets)
 s.look(); l("look"); t.Log(len(s.sheets)-n)
 s.export(); l("export")
 s.ask("status"); l("status")
 s.ask("journal","verify"); l("verify")
 s.restart(); l("restart")
 c,_:=s.uncertain(); t.Log(c)
 s.refuses(); l("refuses")
 s.kill(time.Minute,"settle",c.Serial,"--again"); l("settle")
 s.look(); l("look")
 s.restart(); l("restart")
 }
}
