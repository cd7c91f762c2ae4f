// The Go libraries whose exact behaviour users rely on, as one WebAssembly module without any access to the
// outside: templates, expressions, jq and version constraints. The host calls `allocate`, writes a request as JSON,
// calls `invoke` and reads the reply at the address that it gets.
package main

import (
	"encoding/json"
	"fmt"
	"unsafe"
)

func main() {}

// Buffers that the host reads or writes; replaced by the next call.
var (
	request []byte
	reply   []byte
)

//go:wasmexport allocate
func allocate(size uint32) uint32 {
	request = make([]byte, size)
	return addressOf(request)
}

// invoke answers the request and returns address<<32 | length of the reply.
//
//go:wasmexport invoke
func invoke() uint64 {
	reply = answer(request)
	request = nil
	return uint64(addressOf(reply))<<32 | uint64(len(reply))
}

func addressOf(buffer []byte) uint32 {
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(buffer))))
}

type call struct {
	Operation  string          `json:"operation"`
	Texts      []string        `json:"texts"`
	Data       json.RawMessage `json:"data"`
	Library    string          `json:"library"`
	Constraint string          `json:"constraint"`
	Options    []string        `json:"options"`
}

type result struct {
	Value any     `json:"value"`
	Text  *string `json:"text,omitempty"`
	Error *string `json:"error,omitempty"`
}

func answer(body []byte) []byte {
	var wanted call
	if err := json.Unmarshal(body, &wanted); err != nil {
		return encode([]result{failed(err)})
	}
	switch wanted.Operation {
	case "render":
		return encode(withVariables(wanted, func(text string, vars any) result {
			if wanted.Library == applicationSets {
				return renderApplicationSet(text, vars, wanted.Options)
			}
			return render(text, vars, wanted.Library)
		}))
	case "evaluate":
		return encode(withVariables(wanted, evaluate))
	case "jqDelete":
		return encode(guardedAll(func() []result { return jqDelete(wanted.Texts, wanted.Data) }))
	case "maxSatisfying":
		return encode([]result{maxSatisfying(wanted.Constraint, wanted.Texts)})
	default:
		return encode([]result{failed(fmt.Errorf("unknown operation %q", wanted.Operation))})
	}
}

func withVariables(wanted call, one func(text string, vars any) result) []result {
	vars, err := variables(wanted.Data, wanted.Library)
	results := make([]result, 0, len(wanted.Texts))
	for _, text := range wanted.Texts {
		if err != nil {
			results = append(results, failed(err))
			continue
		}
		results = append(results, guarded(func() result { return one(text, vars) }))
	}
	return results
}

// guarded turns a panic of a library or of a function called by the user's text into an error.
func guarded(work func() result) (answer result) {
	defer func() {
		if problem := recover(); problem != nil {
			answer = failed(fmt.Errorf("%v", problem))
		}
	}()
	return work()
}

func guardedAll(work func() []result) (answers []result) {
	defer func() {
		if problem := recover(); problem != nil {
			answers = []result{failed(fmt.Errorf("%v", problem))}
		}
	}()
	return work()
}

func failed(err error) result {
	message := err.Error()
	return result{Error: &message}
}

func encode(results []result) []byte {
	encoded := make([]json.RawMessage, 0, len(results))
	for _, one := range results {
		body, err := json.Marshal(one)
		if err != nil && one.Text != nil {
			one.Value = nil
			body, err = json.Marshal(one)
		}
		if err != nil {
			body, _ = json.Marshal(failed(err))
		}
		encoded = append(encoded, body)
	}
	body, _ := json.Marshal(encoded)
	return body
}
