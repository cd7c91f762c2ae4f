package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"text/template"

	"sigs.k8s.io/yaml"
)

// The library that adds what templates of ApplicationSets may call.
const applicationSets = "applicationsets"

const (
	maxNameLength = 253
	maxSlugLength = 50
)

var (
	notInName = regexp.MustCompile("[^-a-z0-9.]")
	notInSlug = regexp.MustCompile("[^-_a-z0-9]")
	dashes    = regexp.MustCompile("-+")
)

var applicationSetFunctions = func() template.FuncMap {
	functions := maps.Clone(sprigFunctions)
	maps.Copy(functions, template.FuncMap{
		"normalize":     normalizeName,
		"slugify":       slugify,
		"toYaml":        toYaml,
		"fromYaml":      fromYaml,
		"fromYamlArray": fromYamlArray,
	})
	return functions
}()

// renderApplicationSet tells in its errors which template it was. Options are those of text/template.
func renderApplicationSet(text string, vars any, options []string) result {
	parsed, err := template.New("base").Funcs(applicationSetFunctions).Option(options...).Parse(text)
	if err != nil {
		return failed(fmt.Errorf("failed to parse template %s: %w", text, err))
	}
	var output limitedOutput
	if err := parsed.Execute(&output, vars); err != nil {
		return failed(fmt.Errorf("failed to execute go template %s: %w", text, err))
	}
	return result{Value: string(output.text)}
}

// floatVariables decodes the data as generators do: every number is a float64.
func floatVariables(data json.RawMessage) (any, error) {
	var decoded any
	err := json.Unmarshal(data, &decoded)
	return decoded, err
}

func normalizeName(name string) string {
	name = notInName.ReplaceAllString(strings.ToLower(name), "-")
	if len(name) > maxNameLength {
		name = name[:maxNameLength]
	}
	return strings.Trim(name, "-.")
}

// slugify takes a greatest length, whether to cut between words, and the text; the text alone is fine as well.
func slugify(args ...any) (string, error) {
	longest, betweenWords, text := maxSlugLength, false, ""
	for index, arg := range args {
		switch typed := arg.(type) {
		case int:
			longest = typed
		case bool:
			betweenWords = typed
		case string:
			text = typed
		default:
			return "", fmt.Errorf("slugify: argument %d is neither a number, a boolean nor a string", index+1)
		}
	}
	if longest < 0 {
		return "", fmt.Errorf("slugify: the greatest length is negative")
	}
	slug := notInSlug.ReplaceAllString(normalizeName(text), "-")
	slug = strings.Trim(dashes.ReplaceAllString(slug, "-"), "-_")
	if len(slug) <= longest {
		return slug, nil
	}
	if betweenWords {
		if at := strings.LastIndex(slug[:longest+1], "-"); at >= 0 {
			return slug[:at], nil
		}
	}
	return slug[:longest], nil
}

func toYaml(value any) (string, error) {
	text, err := yaml.Marshal(value)
	return strings.TrimSuffix(string(text), "\n"), err
}

func fromYaml(text string) (map[string]any, error) {
	object := map[string]any{}
	err := yaml.Unmarshal([]byte(text), &object)
	return object, err
}

func fromYamlArray(text string) ([]any, error) {
	list := []any{}
	err := yaml.Unmarshal([]byte(text), &list)
	return list, err
}
