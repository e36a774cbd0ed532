text = $stdin.read
options = ENV.fetch('RUBYOPT', 'none')
child = `ruby -e 'print "a child without a debugger"'`
print "#{text}, options #{options}, #{child}"
