package main

import (
	"errors"
	"maps"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// A message longer than this is no message.
const maxOutput = 4 << 20

var errTooLong = errors.New("the output is larger than 4 MiB")

type limitedOutput struct {
	text []byte
}

func (o *limitedOutput) Write(part []byte) (int, error) {
	if len(o.text)+len(part) > maxOutput {
		return 0, errTooLong
	}
	o.text = append(o.text, part...)
	return len(part), nil
}

var sprigFunctions = withoutOutside(sprig.TxtFuncMap())

// Templates see neither the environment nor the network.
func withoutOutside(functions template.FuncMap) template.FuncMap {
	for _, name := range []string{"env", "expandenv", "getHostByName"} {
		delete(functions, name)
	}
	return functions
}

func render(text string, vars any, library string) result {
	functions := sprigFunctions
	if library == notifications {
		functions = maps.Clone(sprigFunctions)
		maps.Copy(functions, slackMentions)
	}
	parsed, err := template.New("template").Funcs(functions).Parse(text)
	if err != nil {
		return failed(err)
	}
	var output limitedOutput
	if err := parsed.Execute(&output, vars); err != nil {
		return failed(err)
	}
	return result{Value: string(output.text)}
}
