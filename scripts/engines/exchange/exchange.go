// Package exchange is what both engines have in common: they read one pull per line from standard input and write one line
// about it, so that a process pulls thousands of images; and whatever name they call, they reach the test's servers.
package exchange

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
)

// Pull is one line of standard input.
type Pull struct {
	Image    string `json:"image"`
	Username string `json:"username"`
	Password string `json:"password"`
	// Platform is that of the task: linux/amd64.
	Platform string `json:"platform"`
	// CA is a certificate to trust, in PEM. Without it no server is trusted.
	CA string `json:"ca"`
	// Ports on 127.0.0.1 that stand for every host: Secure for https, Plain for http. Without one, the port in the name of the host.
	Secure int `json:"secure"`
	Plain  int `json:"plain"`
}

// Pulled is one line of standard output.
type Pulled struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
	// Platform of the config of the image that was pulled; empty where it has none.
	Platform string `json:"platform,omitempty"`
	// NotRunnable is why no container can be made of what was pulled, as far as the engine itself says so.
	NotRunnable string `json:"notRunnable,omitempty"`
}

// TLS is the client's configuration for a pull.
func (p Pull) TLS() *tls.Config {
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM([]byte(p.CA))
	return &tls.Config{RootCAs: roots}
}

// Serve answers the lines of standard input until it ends, one after the other. Each pull has a folder of its own, so that
// none finds what another has left.
func Serve(pull func(ctx context.Context, p Pull, folder string) (Pulled, error)) {
	proxy := startProxy()
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	answers := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var p Pull
		if err := json.Unmarshal(line, &p); err != nil {
			panic(err)
		}
		proxy.lead(p.Secure, p.Plain)
		pulled, err := attempt(pull, p)
		if err != nil {
			pulled = Pulled{Error: err.Error()}
		}
		pulled.OK = err == nil
		if err := answers.Encode(pulled); err != nil {
			panic(err)
		}
	}
}

func attempt(pull func(ctx context.Context, p Pull, folder string) (Pulled, error), p Pull) (pulled Pulled, err error) {
	folder, err := os.MkdirTemp("", "engine-")
	if err != nil {
		return Pulled{}, err
	}
	defer os.RemoveAll(folder)
	// An engine that a registry can crash has not pulled either, but the line must say that it was this.
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("panic: %v", reason)
		}
	}()
	return pull(context.Background(), p, folder)
}
