package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/big"

	"github.com/itchyny/gojq"
)

var (
	errNoObject = errors.New("the expression leaves no object")
	errMany     = errors.New("the expression leaves more than one object")
)

// jqDelete runs del(<expression>) for each expression, one after the other, on each document of a list. An
// expression that fails on a document leaves it as it is. An expression that is none fails the whole call.
func jqDelete(expressions []string, data json.RawMessage) []result {
	documents, err := jqDocuments(data)
	if err != nil {
		return []result{failed(err)}
	}
	for _, expression := range expressions {
		code, err := compiledDelete(expression)
		if err != nil {
			return []result{failed(err)}
		}
		for index, document := range documents {
			if changed, err := deleted(code, document); err == nil {
				documents[index] = changed
			}
		}
	}
	return []result{{Value: documents}}
}

func compiledDelete(expression string) (*gojq.Code, error) {
	query, err := gojq.Parse("del(" + expression + ")")
	if err != nil {
		return nil, err
	}
	return gojq.Compile(query)
}

func deleted(code *gojq.Code, document any) (any, error) {
	values := code.Run(document)
	first, ok := values.Next()
	if !ok {
		return nil, errNoObject
	}
	if err, isError := first.(error); isError {
		return nil, err
	}
	object, isObject := first.(map[string]any)
	if !isObject {
		return nil, errNoObject
	}
	if _, more := values.Next(); more {
		return nil, errMany
	}
	return object, nil
}

// jqDocuments decodes numbers as gojq wants them: whole ones keep all their digits.
func jqDocuments(data json.RawMessage) ([]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var documents []any
	if err := decoder.Decode(&documents); err != nil {
		return nil, err
	}
	for index, document := range documents {
		documents[index] = withJqNumbers(document)
	}
	return documents, nil
}

func withJqNumbers(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		for key, inner := range typed {
			typed[key] = withJqNumbers(inner)
		}
		return typed
	case []any:
		for index, inner := range typed {
			typed[index] = withJqNumbers(inner)
		}
		return typed
	case json.Number:
		if whole, err := typed.Int64(); err == nil {
			return int(whole)
		}
		if whole, ok := new(big.Int).SetString(typed.String(), 10); ok {
			return whole
		}
		float, _ := typed.Float64()
		return float
	default:
		return value
	}
}
