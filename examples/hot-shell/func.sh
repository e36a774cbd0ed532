exec 3>&1 1>&2 # answers go to 3; a stray echo goes to the log
cr=$(printf '\r')
calls=0

while read -r _; do # GET / HTTP/1.1, or the end of stdin
  # The caller's request and your config are headers: Method, Route, Request_url, Header_*, Greeting.
  length=0 method='' route='' greeting=Hello override=''
  while IFS= read -r line && line=${line%"$cr"} && [ -n "$line" ]; do
    value=${line#*: }
    case $line in
      Content-Length:*) length=$value ;;
      Method:*) method=$value ;;
      Route:*) route=$value ;;
      Greeting:*) greeting=$value ;;
      Header_x_greeting:*) override=$value ;;
    esac
  done
  calls=$((calls + 1))

  before="${override:-$greeting} "
  [ "$length" -gt 0 ] || before="${before}World"
  after="
$method $route, call $calls of this process
"
  size=$((length + $(printf '%s' "$before$after" | wc -c)))
  {
    printf 'HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n' "$size"
    printf '%s' "$before"
    # The payload goes through untouched: a variable could not hold a NUL byte.
    [ "$length" -eq 0 ] || dd bs="$length" count=1 iflag=fullblock 2>/dev/null
    printf '%s' "$after"
  } >&3
done
