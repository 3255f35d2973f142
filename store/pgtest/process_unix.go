//go:build unix

package pgtest

import (
	"os/exec"
	"syscall"
)

// runAs has the command run as the account, when one is given, in the folder.
func runAs(cmd *exec.Cmd, who *account, dir string) {
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	if who != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: who.uid, Gid: who.gid}
	}
}

// detach keeps an interrupt at the terminal from the server: it ends with the pipe.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr.Setpgid = true }
