package exchange

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"os"
	"sync/atomic"
)

// proxy leads every host to the test's servers: to one for all hosts, or to the port that was called. Both engines ask the environment for a proxy, as they do in production, so
// that nothing of their own transports has to be replaced; names, TLS and framing pass through it untouched.
type proxy struct {
	secure, plain atomic.Int32
}

func startProxy() *proxy {
	p := &proxy{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	url := "http://" + listener.Addr().String()
	for _, name := range []string{"HTTPS_PROXY", "HTTP_PROXY"} {
		os.Setenv(name, url)
	}
	for _, name := range []string{"https_proxy", "http_proxy", "NO_PROXY", "no_proxy"} {
		os.Unsetenv(name)
	}
	plain := &httputil.ReverseProxy{Director: func(r *http.Request) {
		r.URL.Host = address(p.plain.Load(), r.URL.Host)
	}}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect {
			tunnel(w, address(p.secure.Load(), r.Host))
		} else {
			plain.ServeHTTP(w, r)
		}
	}))
	return p
}

func (p *proxy) lead(secure, plain int) {
	p.secure.Store(int32(secure))
	p.plain.Store(int32(plain))
}

func address(port int32, called string) string {
	if port == 0 {
		if _, own, err := net.SplitHostPort(called); err == nil {
			return "127.0.0.1:" + own
		}
	}
	return fmt.Sprintf("127.0.0.1:%d", port)
}

func tunnel(w http.ResponseWriter, address string) {
	server, err := net.Dial("tcp", address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	client, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		server.Close()
		return
	}
	io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
	go forward(server, client)
	forward(client, server)
}

// forward closes both ends with the first: a server that cuts a connection has to be seen to do so.
func forward(to, from net.Conn) {
	io.Copy(to, from)
	to.Close()
	from.Close()
}
