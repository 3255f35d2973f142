package main

import (
	"fmt"
	"runtime/debug"
)

// version is set by the linker for a release.
var version = ""

type versionCommand struct{}

// Run prints the version, and the commit that the program was built from.
func (*versionCommand) Run(t terminal) error {
	_, err := fmt.Fprintln(t.out, "pipewright "+versionText())
	return err
}

func versionText() string {
	text := version
	info, ok := debug.ReadBuildInfo()
	if text == "" {
		text = "development"
	}
	if !ok {
		return text
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			text += fmt.Sprintf(" (%.12s)", s.Value)
		}
	}
	return text + " " + info.GoVersion
}
