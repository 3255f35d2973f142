//go:build !unix

package pgtest

import "os/exec"

func runAs(cmd *exec.Cmd, _ *account, dir string) { cmd.Dir = dir }

func detach(*exec.Cmd) {}
