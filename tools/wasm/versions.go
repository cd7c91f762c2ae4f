package main

import (
	"github.com/Masterminds/semver/v3"
)

// maxSatisfying gives the highest version in its own spelling, or null; what is no version is passed over.
func maxSatisfying(constraint string, versions []string) result {
	wanted, err := semver.NewConstraint(constraint)
	if err != nil {
		return failed(err)
	}
	var best *semver.Version
	for _, text := range versions {
		version, err := semver.NewVersion(text)
		if err != nil || !wanted.Check(version) {
			continue
		}
		if best == nil || version.GreaterThan(best) {
			best = version
		}
	}
	if best == nil {
		return result{}
	}
	return result{Value: best.Original()}
}
