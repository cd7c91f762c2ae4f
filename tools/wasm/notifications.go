package main

import (
	"net/url"
	"strings"
	"text/template"
	"time"
)

// Markers that the Slack service turns into mentions.
var slackMentions = template.FuncMap{
	"slackUserByEmail": marker("USER_EMAIL"),
	"slackChannel":     marker("CHANNEL"),
	"slackUserGroup":   marker("USERGROUP"),
}

func marker(kind string) func(string) string {
	return func(name string) string { return "__SLACK_" + kind + "__" + name + "__" }
}

// addNotificationLibrary adds `time`, `strings` and `repo` to the variables; secrets become bytes, as Kubernetes has them.
func addNotificationLibrary(vars map[string]any) {
	vars["time"] = timeLibrary()
	vars["strings"] = map[string]any{
		"ReplaceAll": func(text, old, replacement string) string { return strings.ReplaceAll(text, old, replacement) },
	}
	vars["repo"] = map[string]any{
		"RepoURLToHTTPS":    repoURLToHTTPS,
		"FullNameByRepoURL": fullNameByRepoURL,
		"QueryEscape":       url.QueryEscape,
	}
	secrets := map[string][]byte{}
	if given, ok := vars["secrets"].(map[string]any); ok {
		for key, value := range given {
			if text, isText := value.(string); isText {
				secrets[key] = []byte(text)
			}
		}
	}
	vars["secrets"] = secrets
}

func timeLibrary() map[string]any {
	return map[string]any{
		"Parse":       parseTime,
		"Now":         time.Now,
		"Nanosecond":  time.Nanosecond,
		"Microsecond": time.Microsecond,
		"Millisecond": time.Millisecond,
		"Second":      time.Second,
		"Minute":      time.Minute,
		"Hour":        time.Hour,
		"Layout":      time.Layout,
		"ANSIC":       time.ANSIC,
		"UnixDate":    time.UnixDate,
		"RubyDate":    time.RubyDate,
		"RFC822":      time.RFC822,
		"RFC822Z":     time.RFC822Z,
		"RFC850":      time.RFC850,
		"RFC1123":     time.RFC1123,
		"RFC1123Z":    time.RFC1123Z,
		"RFC3339":     time.RFC3339,
		"RFC3339Nano": time.RFC3339Nano,
		"Kitchen":     time.Kitchen,
		"Stamp":       time.Stamp,
		"StampMilli":  time.StampMilli,
		"StampMicro":  time.StampMicro,
		"StampNano":   time.StampNano,
	}
}

func parseTime(text string) time.Time {
	parsed, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return parsed
}

func repoURLToHTTPS(address string) string {
	parsed := parseRepoURL(address)
	parsed.Scheme = "https"
	parsed.User = nil
	return parsed.String()
}

// fullNameByRepoURL gives `owner/name`; a path with fewer parts comes back as it is, without `.git`.
func fullNameByRepoURL(address string) string {
	path := strings.TrimSuffix(parseRepoURL(address).Path, ".git")
	var parts []string
	for _, part := range strings.Split(path, "/") {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) >= 2 {
		return strings.Join(parts[:2], "/")
	}
	return path
}

// parseRepoURL reads URLs and the short form of ssh, `user@host:path`.
func parseRepoURL(address string) *url.URL {
	if user, path, ok := shortSSH(address); ok {
		login, host, _ := strings.Cut(user, "@")
		return &url.URL{Scheme: "ssh", User: url.User(login), Host: host, Path: "/" + strings.TrimPrefix(path, "/")}
	}
	parsed, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return parsed
}

func shortSSH(address string) (user, path string, ok bool) {
	if strings.Contains(address, "://") {
		return "", "", false
	}
	user, path, ok = strings.Cut(address, ":")
	return user, path, ok && strings.Contains(user, "@") && !strings.Contains(user, "/")
}
