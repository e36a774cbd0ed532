// Calls the function at the URL it is given and prints what it was answered as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

type unmeasured struct{ io.Reader }

func call(method, url string, body io.Reader, headers ...string) []any {
	request, err := http.NewRequest(method, url, body)
	if err != nil {
		panic(err)
	}
	for at := 0; at+1 < len(headers); at += 2 {
		request.Header.Set(headers[at], headers[at+1])
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		panic(err)
	}
	return []any{answer.StatusCode, string(text)}
}

func main() {
	url := os.Args[1]
	large := call("POST", url, strings.NewReader(strings.Repeat("x", 1000000)), "Expect", "100-continue")
	told, err := json.Marshal(map[string]any{
		"known length": call("POST", url, strings.NewReader("method")),
		"chunks":       call("PUT", url, unmeasured{strings.NewReader("method")}),
		"query":        call("GET", url+"?payload=method", nil),
		"head":         call("HEAD", url+"?payload=method", nil),
		"status":       call("POST", url, strings.NewReader("status")),
		"missing":      call("GET", url+"-not", nil),
		"large":        []any{large[0], len(large[1].(string))},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(string(told))
}
