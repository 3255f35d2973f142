package text

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed zh/*.yaml
var files embed.FS

// chinese returns the translations by their English text, read once. A file
// that cannot be read leaves its sentences in English; the tests do not let
// such a file pass.
var chinese = sync.OnceValue(func() map[string]string {
	translations, _ := load(files, "zh/*.yaml")
	return translations
})

// load merges the YAML maps that match pattern. It returns what it could read,
// and an error that names every file that is no such map and every sentence
// that two files translate differently.
func load(fsys fs.FS, pattern string) (map[string]string, error) {
	all := map[string]string{}
	names, err := fs.Glob(fsys, pattern)
	if err != nil {
		return all, err
	}
	var problems []error
	for _, name := range names {
		one, err := loadFile(fsys, name)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", name, err))
		}
		for english, translation := range one {
			if before, ok := all[english]; ok && before != translation {
				problems = append(problems, fmt.Errorf("%s: %q is translated as %q here and as %q in another file: keep one",
					name, english, translation, before))
				continue
			}
			all[english] = translation
		}
	}
	return all, errors.Join(problems...)
}

func loadFile(fsys fs.FS, name string) (map[string]string, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	var translations map[string]string
	if err := yaml.Unmarshal(data, &translations); err != nil {
		return nil, err
	}
	return translations, nil
}
