package fault

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// A Disk is an ext4 file system in a file, mounted where no other process sees
// it. Its methods, and every program that is to see it, must be started from
// the goroutine that called [NewDisk].
type Disk struct {
	Dir   string // where it is mounted
	image string
	space string // names the mounts of its goroutine's thread
}

// ownMounts gives this goroutine mounts of its own. They vanish with its thread,
// which is never used for another goroutine.
func ownMounts() error {
	runtime.LockOSThread() // and never unlocked
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("fault: mounts of our own: %w", err)
	}
	if err := unix.Mount("none", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("fault: make the mounts private: %w", err)
	}
	return nil
}

// NewDisk makes and mounts a disk of that many megabytes below dir. It
// takes the thread for itself.
func NewDisk(dir string, megabytes int64) (*Disk, error) {
	if err := ownMounts(); err != nil {
		return nil, err
	}
	d := &Disk{Dir: filepath.Join(dir, "disk"), image: filepath.Join(dir, "disk.img"),
		space: fmt.Sprintf("/proc/%d/task/%d/ns/mnt", os.Getpid(), unix.Gettid())}
	f, err := os.Create(d.image)
	if err != nil {
		return nil, fmt.Errorf("fault: disk: %w", err)
	}
	if err := f.Truncate(megabytes << 20); err != nil {
		return nil, fmt.Errorf("fault: disk: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("fault: disk: %w", err)
	}
	if err := command("mkfs.ext4", "-q", "-F", d.image); err != nil {
		return nil, err
	}
	if err := os.Mkdir(d.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("fault: disk: %w", err)
	}
	return d, d.Mount()
}

// NewRoom mounts a disk in memory of that many kilobytes below dir: each page of it
// counts, and [Disk.Resize] fills it, or makes room. It takes the thread for itself.
func NewRoom(dir string, kilobytes int64) (*Disk, error) {
	if err := ownMounts(); err != nil {
		return nil, err
	}
	d := &Disk{Dir: filepath.Join(dir, "room"), space: fmt.Sprintf("/proc/%d/task/%d/ns/mnt", os.Getpid(), unix.Gettid())}
	if err := os.Mkdir(d.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("fault: room: %w", err)
	}
	return d, command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dk", kilobytes), "none", d.Dir)
}

// Resize leaves a disk in memory so many kilobytes beside what lies on it.
func (d *Disk) Resize(free int64) error {
	var is unix.Statfs_t
	if err := unix.Statfs(d.Dir, &is); err != nil {
		return fmt.Errorf("fault: resize: %w", err)
	}
	size := max(int64(is.Blocks-is.Bfree)*is.Bsize>>10+free, 4) // 0 is no limit
	if err := unix.Mount("none", d.Dir, "tmpfs", unix.MS_REMOUNT, fmt.Sprintf("size=%dk", size)); err != nil {
		return fmt.Errorf("fault: resize to %d kB: %w", size, err)
	}
	return nil
}

// Mount mounts the disk, which recovers ext4's own journal.
func (d *Disk) Mount() error { return command("mount", "-o", "loop", d.image, d.Dir) }

// Unmount unmounts the disk.
func (d *Disk) Unmount() error { return command("umount", d.Dir) }

// enter gives the calling thread, which nobody else may use any more, the disk's
// mounts.
func (d *Disk) enter() error {
	fd, err := unix.Open(d.space, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("fault: enter the disk's mounts: %w", err)
	}
	defer unix.Close(fd)
	if err := unix.Unshare(unix.CLONE_FS); err != nil {
		return fmt.Errorf("fault: enter the disk's mounts: %w", err)
	}
	if err := unix.Setns(fd, unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("fault: enter the disk's mounts: %w", err)
	}
	return nil
}

// FS_IOC_SHUTDOWN and its flag (Linux, include/uapi/linux/fs.h and
// Documentation/filesystems/ext4: EXT4_GOING_FLAGS_NOLOGFLUSH).
const (
	shutdownCall = 0x8004587D
	noLogFlush   = 2
)

// Cut takes the power away: what the disk was not made to sync is gone. Kill
// who writes first: ext4 waits 100 ms before it stops its journal, and what is
// synced in between survives.
func (d *Disk) Cut() error {
	f, err := os.Open(d.Dir)
	if err != nil {
		return fmt.Errorf("fault: cut: %w", err)
	}
	defer f.Close()
	if err := apart(f); err != nil {
		return err
	}
	if err := unix.IoctlSetPointerInt(int(f.Fd()), shutdownCall, noLogFlush); err != nil {
		return fmt.Errorf("fault: cut %s: %w", d.Dir, err)
	}
	return nil
}

// apart refuses a folder that is no mount of its own: cutting it would take
// the machine's own disk away.
func apart(dir *os.File) error {
	var own, root, up unix.Stat_t
	if err := unix.Fstat(int(dir.Fd()), &own); err != nil {
		return fmt.Errorf("fault: cut: %w", err)
	}
	if err := unix.Stat("/", &root); err != nil {
		return fmt.Errorf("fault: cut: %w", err)
	}
	if err := unix.Fstatat(int(dir.Fd()), "..", &up, 0); err != nil {
		return fmt.Errorf("fault: cut: %w", err)
	}
	if own.Dev == root.Dev || own.Dev == up.Dev {
		return fmt.Errorf("fault: cut: %s is no mount of its own", dir.Name())
	}
	return nil
}

// command runs a tool of the system.
func command(name string, args ...string) error {
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("fault: %s: %w: %s", name, err, out)
	}
	return nil
}
