package main

import (
	"fmt"

	"github.com/expr-lang/expr"
)

// evaluate gives the value as JSON and as Go prints it, which is what the once-per keys are made of.
func evaluate(text string, vars any) result {
	program, err := expr.Compile(text)
	if err != nil {
		return failed(err)
	}
	value, err := expr.Run(program, vars)
	if err != nil {
		return failed(err)
	}
	printed := fmt.Sprintf("%v", value)
	return result{Value: value, Text: &printed}
}
