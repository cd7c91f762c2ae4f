package main

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// The library that adds what notification templates and triggers may call.
const notifications = "notifications"

// variables decodes the data as Kubernetes clients do: whole numbers become int64, all others float64.
func variables(data json.RawMessage, library string) (any, error) {
	if library == applicationSets {
		return floatVariables(data)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var decoded any
	if err := decoder.Decode(&decoded); err != nil {
		return nil, err
	}
	vars := withGoNumbers(decoded)
	if library == "" {
		return vars, nil
	}
	object, isObject := vars.(map[string]any)
	if library != notifications || !isObject {
		return nil, fmt.Errorf("library %q needs an object and must be known", library)
	}
	addNotificationLibrary(object)
	return object, nil
}

func withGoNumbers(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		for key, inner := range typed {
			typed[key] = withGoNumbers(inner)
		}
		return typed
	case []any:
		for index, inner := range typed {
			typed[index] = withGoNumbers(inner)
		}
		return typed
	case json.Number:
		if whole, err := typed.Int64(); err == nil {
			return whole
		}
		float, _ := typed.Float64()
		return float
	default:
		return value
	}
}
