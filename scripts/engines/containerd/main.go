// Command containerd pulls as containerd's client does, up to the layers: the engine of Fargate, and of Docker from 29 on.
package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/core/leases"
	"github.com/containerd/containerd/v2/core/remotes"
	"github.com/containerd/containerd/v2/core/remotes/docker"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	"github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"example.com/exchange"
)

func main() {
	exchange.Serve(pull)
}

func pull(ctx context.Context, p exchange.Pull, folder string) (exchange.Pulled, error) {
	ref, err := reference.ParseDockerRef(p.Image)
	if err != nil {
		return exchange.Pulled{}, err
	}
	platform, err := platforms.Parse(p.Platform)
	if err != nil {
		return exchange.Pulled{}, err
	}
	store, err := local.NewLabeledStore(folder, exchange.Labels{})
	if err != nil {
		return exchange.Pulled{}, err
	}
	c, err := client.New("", client.WithServices(client.WithContentStore(store), client.WithImageStore(imageStore{})))
	if err != nil {
		return exchange.Pulled{}, err
	}
	transport := docker.DefaultHTTPTransport(p.TLS())
	defer transport.CloseIdleConnections()

	// A lease of a garbage collector that isn't there.
	ctx = leases.WithLease(namespaces.WithNamespace(ctx, "ecs"), "pull")
	image, err := c.Pull(ctx, ref.String(),
		client.WithResolver(resolver(p, &http.Client{Transport: transport})),
		client.WithPlatformMatcher(platforms.Only(platform)),
		client.WithImageHandlerWrapper(withoutLayers))
	if err != nil {
		return exchange.Pulled{}, err
	}
	return inspect(ctx, image)
}

func resolver(p exchange.Pull, client *http.Client) remotes.Resolver {
	authorizer := docker.NewDockerAuthorizer(
		docker.WithAuthClient(client),
		docker.WithAuthCreds(func(string) (string, string, error) { return p.Username, p.Password, nil }))
	return docker.NewResolver(docker.ResolverOptions{
		Hosts: docker.ConfigureDefaultRegistries(docker.WithClient(client), docker.WithAuthorizer(authorizer)),
	})
}

func withoutLayers(next images.Handler) images.Handler {
	return images.HandlerFunc(func(ctx context.Context, desc ocispec.Descriptor) ([]ocispec.Descriptor, error) {
		if images.IsLayerType(desc.MediaType) {
			return nil, images.ErrSkipDesc
		}
		return next.Handle(ctx, desc)
	})
}

// inspect says what the image is that was pulled, after the check that precedes the unpacking of layers.
func inspect(ctx context.Context, image client.Image) (exchange.Pulled, error) {
	store := image.ContentStore()
	manifest, err := images.Manifest(ctx, store, image.Target(), image.Platform())
	if err != nil {
		return exchange.Pulled{}, err
	}
	diffs, err := image.RootFS(ctx)
	if err != nil {
		return exchange.Pulled{}, fmt.Errorf("failed to resolve rootfs: %w", err)
	}
	layers := 0
	for _, layer := range manifest.Layers {
		if images.IsLayerType(layer.MediaType) {
			layers++
		}
	}
	if layers != len(diffs) {
		return exchange.Pulled{}, fmt.Errorf("mismatched image rootfs and manifest layers: %d and %d", len(diffs), layers)
	}
	pulled := exchange.Pulled{}
	// What client.WithImageConfig says when the container is created.
	if !images.IsConfigType(manifest.Config.MediaType) {
		pulled.NotRunnable = "unknown image config media type " + manifest.Config.MediaType
	}
	platform, err := images.ConfigPlatform(ctx, store, manifest.Config)
	if err != nil {
		return exchange.Pulled{}, err
	}
	if platform.Architecture != "" {
		pulled.Platform = platforms.Format(platform)
	}
	return pulled, nil
}

// imageStore keeps nothing: a pull only enters the name.
type imageStore struct{ images.Store }

func (imageStore) Create(_ context.Context, image images.Image) (images.Image, error) {
	return image, nil
}
