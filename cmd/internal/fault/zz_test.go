package fault
import ("testing";"os";"fmt")
func TestX(t *testing.T){
 n,_:=os.Open("/dev/null"); o,_:=os.Create("/tmp/faultwork/out")
 for i:=0;i<5;i++{ r,err:=Crash{}.Run("/tmp/faultwork/bin/kioskctl",[]string{"issue","--data","/tmp/faultwork/k","--printer","virtual:/tmp/faultwork/vp"},[3]*os.File{n,o,o})
 fmt.Println(len(r.Calls),err,r.State)
 if i==4{for i,c:=range r.Calls{fmt.Println(i+1,c)}}}
}
