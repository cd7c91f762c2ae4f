// Command kube-types writes the table of Kubernetes' own types that libs/domain/merge reads: for each struct its
// fields, how each is encoded, and how a strategic merge patch treats it. Run it from tools/
// when the Kubernetes modules move on: go run ./codegen/kube-types ../libs/domain/merge/src/types
//
// The form of a line is described in libs/domain/merge/src/kube-types.ts, which parses it.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes/scheme"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
)

const header = "// Written by tools/codegen/kube-types; do not edit.\n"

// Types whose JSON form is a scalar, by full Go name.
var scalars = map[string]string{
	"k8s.io/apimachinery/pkg/api/resource.Quantity":                 "q",
	"k8s.io/apimachinery/pkg/util/intstr.IntOrString":               "x",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Time":                     "t",
	"k8s.io/apimachinery/pkg/apis/meta/v1.MicroTime":                "t",
	"k8s.io/apimachinery/pkg/apis/meta/v1.Duration":                 "d",
	"k8s.io/apimachinery/pkg/apis/meta/v1.FieldsV1":                 "*",
	"k8s.io/apimachinery/pkg/runtime.RawExtension":                  "*",
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSON": "*",
}

// Unions of a JSON schema and something else; the schema is what has fields.
const schemaUnion = "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1.JSONSchemaPropsOr"

// Groups that no supported server has served for years.
var retired = map[string]bool{
	"apps/v1beta1": true, "apps/v1beta2": true, "extensions/v1beta1": true, "autoscaling/v2beta1": true,
	"autoscaling/v2beta2": true, "imagepolicy.k8s.io/v1alpha1": true,
}

// Kinds that are requests, not objects that are kept.
var skippedSuffixes = []string{"List", "Options", "Review", "WatchEvent", "Event", "Binding_", "Eviction"}

type writer struct {
	lines map[string]map[string]string // module -> type -> line
	todo  []reflect.Type
	seen  map[reflect.Type]bool
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: kube-types <output folder>")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(out string) error {
	types := scheme.Scheme
	for _, add := range []func(*runtime.Scheme) error{apiextensions.AddToScheme, apiregistration.AddToScheme} {
		if err := add(types); err != nil {
			return err
		}
	}
	w := &writer{lines: map[string]map[string]string{}, seen: map[reflect.Type]bool{}}
	kinds := w.collectKinds(types)
	for len(w.todo) > 0 {
		next := w.todo[0]
		w.todo = w.todo[1:]
		if err := w.write(next); err != nil {
			return err
		}
	}
	return w.save(out, kinds)
}

// collectKinds queues every kept kind and returns its `apiVersion/Kind -> type` lines.
func (w *writer) collectKinds(types *runtime.Scheme) []string {
	var kinds []string
	for gvk, typ := range types.AllKnownTypes() {
		if !isKept(gvk, typ) {
			continue
		}
		kinds = append(kinds, fmt.Sprintf("%s %s %s", gvk.GroupVersion().String(), gvk.Kind, w.ref(typ, "")))
	}
	sort.Strings(kinds)
	return kinds
}

func isKept(gvk schema.GroupVersionKind, typ reflect.Type) bool {
	if gvk.Version == runtime.APIVersionInternal || retired[gvk.GroupVersion().String()] {
		return false
	}
	meta, ok := typ.FieldByName("ObjectMeta")
	if !ok || !meta.Anonymous {
		return false
	}
	for _, suffix := range skippedSuffixes {
		if strings.HasSuffix(gvk.Kind, suffix) {
			return false
		}
	}
	return true
}

// moduleOf names the file that holds a type: `core/v1` of k8s.io/api/core/v1.
func moduleOf(t reflect.Type) string {
	parts := strings.Split(t.PkgPath(), "/")
	return strings.Join(parts[len(parts)-2:], "/")
}

// ref names a struct type, short inside its own module, and queues it.
func (w *writer) ref(t reflect.Type, from string) string {
	if !w.seen[t] {
		w.seen[t] = true
		w.todo = append(w.todo, t)
	}
	if moduleOf(t) == from {
		return t.Name()
	}
	return moduleOf(t) + "." + t.Name()
}

func (w *writer) write(t reflect.Type) error {
	module := moduleOf(t)
	var fields []string
	if err := w.fields(t, module, &fields); err != nil {
		return fmt.Errorf("%s.%s: %w", module, t.Name(), err)
	}
	if w.lines[module] == nil {
		w.lines[module] = map[string]string{}
	}
	w.lines[module][t.Name()] = strings.Join(append([]string{t.Name()}, fields...), " ")
	return nil
}

func (w *writer) fields(t reflect.Type, module string, into *[]string) error {
	for i := range t.NumField() {
		field := t.Field(i)
		tag := strings.Split(field.Tag.Get("json"), ",")
		if tag[0] == "-" {
			continue
		}
		if tag[0] == "" {
			if !field.Anonymous {
				continue
			}
			embedded := field.Type
			if embedded.Kind() == reflect.Pointer {
				embedded = embedded.Elem()
			}
			if err := w.fields(embedded, module, into); err != nil {
				return err
			}
			continue
		}
		code, err := w.code(field.Type, module)
		if err != nil {
			return fmt.Errorf("%s: %w", tag[0], err)
		}
		*into = append(*into, tag[0]+":"+presence(field, tag[1:])+code+strategy(field.Tag))
	}
	return nil
}

// presence says when a server leaves the field out: `^` when it is null, `?` also when it has the zero value.
func presence(field reflect.StructField, options []string) string {
	if field.Type.Kind() == reflect.Pointer {
		return "^"
	}
	return "?"
}

func strategy(tag reflect.StructTag) string {
	strategies := tag.Get("patchStrategy")
	if strategies == "" {
		return ""
	}
	code := "~"
	for _, name := range strings.Split(strategies, ",") {
		code += map[string]string{"merge": "m", "replace": "r", "retainKeys": "k"}[name]
	}
	if key := tag.Get("patchMergeKey"); key != "" {
		code += "=" + key
	}
	return code
}

func (w *writer) code(t reflect.Type, module string) (string, error) {
	if code, ok := scalars[t.PkgPath()+"."+t.Name()]; ok {
		return code, nil
	}
	if strings.HasPrefix(t.PkgPath()+"."+t.Name(), schemaUnion) {
		return "JSONSchemaProps", nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return w.code(t.Elem(), module)
	case reflect.String:
		return "s", nil
	case reflect.Bool:
		return "b", nil
	case reflect.Int, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "i", nil
	case reflect.Float32, reflect.Float64:
		return "f", nil
	case reflect.Struct:
		return w.ref(t, module), nil
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "y", nil
		}
		inner, err := w.code(t.Elem(), module)
		return "[" + inner + "]", err
	case reflect.Map:
		inner, err := w.code(t.Elem(), module)
		return "{" + inner + "}", err
	default:
		return "", fmt.Errorf("no code for %s", t)
	}
}

func (w *writer) save(out string, kinds []string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var modules []string
	for module := range w.lines {
		modules = append(modules, module)
	}
	sort.Strings(modules)
	index := header
	table := ""
	for _, module := range modules {
		name := strings.ReplaceAll(module, "/", "-")
		constant := camel(name)
		index += fmt.Sprintf("import { %s } from './%s.ts';\n", constant, name)
		table += fmt.Sprintf("  '%s': %s,\n", module, constant)
		if err := writeFile(filepath.Join(out, name+".ts"), constant, sorted(w.lines[module])); err != nil {
			return err
		}
	}
	if err := writeFile(filepath.Join(out, "kinds.ts"), "kinds", kinds); err != nil {
		return err
	}
	index += "export { kinds } from './kinds.ts';\n\n/** Lines of types by module. */\n"
	index += "export const modules: Readonly<Record<string, string>> = {\n" + table + "};\n"
	return os.WriteFile(filepath.Join(out, "index.ts"), []byte(index), 0o644)
}

func writeFile(path, constant string, lines []string) error {
	body := header + "export const " + constant + " = `\n" + strings.Join(lines, "\n") + "\n`;\n"
	return os.WriteFile(path, []byte(body), 0o644)
}

func sorted(lines map[string]string) []string {
	var all []string
	for _, line := range lines {
		all = append(all, line)
	}
	sort.Strings(all)
	return all
}

// camel turns `core-v1` into `coreV1`.
func camel(name string) string {
	parts := strings.Split(name, "-")
	for i := 1; i < len(parts); i++ {
		parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
	}
	return strings.Join(parts, "")
}
