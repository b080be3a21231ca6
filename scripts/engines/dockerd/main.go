// Command dockerd pulls as dockerd does up to version 28, without the layers: the engine of ECS on instances.
package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	"github.com/docker/docker/api/types/events"
	registrytypes "github.com/docker/docker/api/types/registry"
	"github.com/docker/docker/distribution"
	"github.com/docker/docker/image"
	"github.com/docker/docker/layer"
	"github.com/docker/docker/pkg/progress"
	"github.com/docker/docker/registry"
	"github.com/opencontainers/go-digest"

	"example.com/exchange"
)

func main() {
	exchange.Serve(pull)
}

func pull(ctx context.Context, p exchange.Pull, folder string) (exchange.Pulled, error) {
	named, err := reference.ParseNormalizedNamed(p.Image)
	if err != nil {
		return exchange.Pulled{}, err
	}
	platform, err := platforms.Parse(p.Platform)
	if err != nil {
		return exchange.Pulled{}, err
	}
	service, err := registry.NewService(registry.ServiceOptions{})
	if err != nil {
		return exchange.Pulled{}, err
	}
	contents, err := local.NewLabeledStore(filepath.Join(folder, "content"), exchange.Labels{})
	if err != nil {
		return exchange.Pulled{}, err
	}
	store, err := newConfigStore(filepath.Join(folder, "images"))
	if err != nil {
		return exchange.Pulled{}, err
	}
	// Without a download manager there is no layer to download.
	err = distribution.Pull(ctx, reference.TagNameOnly(named), &distribution.ImagePullConfig{
		Config: distribution.Config{
			AuthConfig:       &registrytypes.AuthConfig{Username: p.Username, Password: p.Password},
			ProgressOutput:   progress.DiscardOutput(),
			RegistryService:  endpoints{service, p},
			ImageEventLogger: func(context.Context, string, string, events.Action) {},
			ImageStore:       store,
		},
		Platform: &platform,
	}, contents)
	if err != nil {
		return exchange.Pulled{}, err
	}
	if store.image == nil {
		return exchange.Pulled{}, fmt.Errorf("nothing was pulled")
	}
	pulled := exchange.Pulled{}
	if store.image.Architecture != "" {
		pulled.Platform = platforms.Format(store.image.Platform())
	}
	return pulled, nil
}

// endpoints are the registries as dockerd looks them up, with the authority that the test trusts.
type endpoints struct {
	distribution.RegistryResolver
	p exchange.Pull
}

func (e endpoints) LookupPullEndpoints(hostname string) ([]registry.APIEndpoint, error) {
	found, err := e.RegistryResolver.LookupPullEndpoints(hostname)
	for i := range found {
		found[i].TLSConfig.RootCAs = e.p.TLS().RootCAs
	}
	return found, err
}

// configStore is dockerd's own, and remembers what was put there.
type configStore struct {
	distribution.ImageConfigStore
	image *image.Image
}

func newConfigStore(folder string) (*configStore, error) {
	backend, err := image.NewFSStoreBackend(folder)
	if err != nil {
		return nil, err
	}
	images, err := image.NewImageStore(backend, layers{})
	if err != nil {
		return nil, err
	}
	return &configStore{ImageConfigStore: distribution.NewImageConfigStoreFromStore(images)}, nil
}

func (s *configStore) Put(ctx context.Context, config []byte) (digest.Digest, error) {
	id, err := s.ImageConfigStore.Put(ctx, config)
	if err == nil {
		s.image, err = image.NewFromJSON(config)
	}
	return id, err
}

// layers has any layer, since none was downloaded.
type layers struct{}

func (layers) Get(layer.ChainID) (layer.Layer, error) { return nil, nil }

func (layers) Release(layer.Layer) ([]layer.Metadata, error) { return nil, nil }
