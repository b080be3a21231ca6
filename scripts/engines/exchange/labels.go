package exchange

import (
	"maps"

	"github.com/opencontainers/go-digest"
)

// Labels are those of a content store, in memory.
type Labels map[digest.Digest]map[string]string

func (l Labels) Get(d digest.Digest) (map[string]string, error) {
	return l[d], nil
}

func (l Labels) Set(d digest.Digest, labels map[string]string) error {
	l[d] = labels
	return nil
}

func (l Labels) Update(d digest.Digest, update map[string]string) (map[string]string, error) {
	labels := maps.Clone(l[d])
	if labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, update)
	l[d] = labels
	return labels, nil
}
