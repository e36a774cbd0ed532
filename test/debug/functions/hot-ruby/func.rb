answers = $stdout.dup
answers.sync = true
$stdout = $stderr # a stray puts goes to the log: stdout is for answers only

calls = 0
while $stdin.gets # GET / HTTP/1.1, or the end of stdin
  # The caller's request and your config are headers: Method, Route, Request_url, Header_*, Greeting.
  headers = {}
  while (line = $stdin.gets&.chomp) && !line.empty?
    name, value = line.split(': ', 2)
    headers[name] = value
  end
  payload = $stdin.read(headers.fetch('Content-Length', 0).to_i)
  calls += 1

  greeting = headers['Header_x_greeting'] || headers.fetch('Greeting', 'Hello')
  payload = 'World' if payload.empty?
  body = "#{greeting} ".b + payload.b + "\n#{headers['Method']} #{headers['Route']}, call #{calls} of this process\n".b

  head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: #{body.bytesize}\r\n\r\n"
  answers.write(head.b + body)
end
