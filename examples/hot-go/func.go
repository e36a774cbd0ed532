package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
)

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	os.Stdout = os.Stderr // a stray fmt.Println goes to the log: stdout is for answers only

	for calls := 1; ; calls++ {
		request, err := http.ReadRequest(in)
		if err == io.EOF {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		payload, err := io.ReadAll(request.Body)
		if err != nil {
			log.Fatal(err)
		}
		body := answer(request.Header, payload, calls)
		response := http.Response{
			StatusCode:    http.StatusOK,
			ProtoMajor:    1,
			ProtoMinor:    1,
			Header:        http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
			ContentLength: int64(len(body)),
			Body:          io.NopCloser(bytes.NewReader(body)),
		}
		if err := response.Write(out); err != nil {
			log.Fatal(err)
		}
		if err := out.Flush(); err != nil {
			log.Fatal(err)
		}
	}
}

// The caller's request and your config are headers: Method, Route, Request_url, Header_*, Greeting.
func answer(headers http.Header, payload []byte, calls int) []byte {
	if len(payload) == 0 {
		payload = []byte("World")
	}
	greeting := "Hello"
	for _, name := range []string{"Greeting", "Header_x_greeting"} {
		if value := headers.Get(name); value != "" {
			greeting = value
		}
	}
	return []byte(fmt.Sprintf("%s %s\n%s %s, call %d of this process\n",
		greeting, payload, headers.Get("Method"), headers.Get("Route"), calls))
}
