import { HotFunctionsError } from '../../core/errors.ts';
import type { DebugLanguage } from './debug-language.ts';
import { interpreterRelay, rubyInterpreter } from './relays.ts';

const dockerPort = 12345;
const library = 'hot_functions_debug';
const portVariable = 'HOT_FUNCTIONS_RDBG';
const givenOptionsVariable = 'HOT_FUNCTIONS_RUBYOPT';
const givenLibraryVariable = 'HOT_FUNCTIONS_RUBYLIB';
const missingLine = 'hot-functions: no debug gem';

/**
 * Ruby requires it before the function. It takes itself out of the environment, so that a Ruby that the function
 * starts does not ask for the same port, and waits until the debugger is configured. The gem has ways of its own to
 * wait, all of which stop the program when somebody connects and let it go on with `configurationDone`: depending on
 * where the program is then, it stops once more than it goes on, or runs through its first breakpoint. So here nothing
 * stops at a connection, and we answer that request. What is evaluated for the user prints to stderr: stdout is for
 * answers. And 1.4, which Ruby 3.1 bundles, is taught to map paths as later ones do.
 */
const opener = `if ENV.key?('${portVariable}') && !%w[bundle bundler rake gem foreman].include?(File.basename($0))
  port = ENV.delete('${portVariable}')
  { 'RUBYOPT' => '${givenOptionsVariable}', 'RUBYLIB' => '${givenLibraryVariable}' }.each do |name, given|
    ENV[name] = ENV.delete(given)
  end
  settings = {
    'RUBY_DEBUG_HOST' => '127.0.0.1', 'RUBY_DEBUG_PORT' => port, 'RUBY_DEBUG_FORK_MODE' => 'parent',
    'RUBY_DEBUG_NO_COLOR' => 'true', 'RUBY_DEBUG_NO_RC' => 'true', 'RUBY_DEBUG_NO_RELINE' => 'true'
  }
  before = settings.to_h { |name, _| [name, ENV[name]] }
  ENV.update(settings)
  begin
    require 'debug/session'
    require 'debug/server'
    require 'debug/server_dap'
  rescue LoadError => error
    $stderr.puts "${missingLine} in ruby #{RUBY_VERSION}: #{error.message}"
    exit!(1)
  end
  configured = Queue.new
  is_configured = false
  maps_paths = DEBUGGER__::UI_DAP.respond_to?(:local_fs_map_set)
  DEBUGGER__::UI_DAP.prepend(Module.new do
    define_method(:recv_request) do
      request = super()
      case request && request['command']
      when 'configurationDone'
        send_response request
        is_configured = true
        configured << true
        next recv_request
      when 'launch'
        map = request.dig('arguments', 'localfsMap')
        @moved = map.split(':', 2) if map && !maps_paths
      end
      source = request && request.dig('arguments', 'source')
      source['path'] = move(source['path'], *@moved.reverse) if @moved && source
      request
    end
    def send(**message)
      frames = @moved && message.dig(:body, :stackFrames) || []
      frames.each { |frame| frame[:source][:path] = move(frame[:source][:path], *@moved) if frame[:source] }
      super
    end
    def move(path, from, to)
      path&.start_with?("#{from}/") ? to + path[from.size..] : path
    end
  end)
  DEBUGGER__::UI_ServerBase.prepend(Module.new do
    define_method(:pause) { super() if is_configured }
  end)
  DEBUGGER__::ThreadClient.prepend(Module.new do
    def process_dap(...)
      stdout, $stdout = $stdout, $stderr
      super
    ensure
      $stdout = stdout
    end
  end)
  require 'debug/open_nonstop'
  ENV.update(before)
  configured.pop
end
`;

/** Ruby, by its bundled debug gem. */
export const ruby: DebugLanguage = {
  id: 'ruby',
  name: 'Ruby',

  plan: async (found, on) => {
    const port = on.engineKind === 'docker' ? dockerPort : await on.freePort();
    const separator = process.platform === 'win32' && on.engineKind === 'process' ? ';' : ':';
    return {
      alteration: {
        files: [{ name: `${library}.rb`, bytes: Buffer.from(opener) }],
        extraMemoryMiB: 64,
        command: ({ argv, env }, folder) => {
          const { RUBYOPT: options, RUBYLIB: libraries, ...rest } = { ...env, ...on.env };
          return {
            argv,
            env: {
              ...rest,
              // RUBYOPT knows no quotes: the folder, which may have spaces in its path, goes into RUBYLIB.
              RUBYOPT: options ? `${options} -r${library}` : `-r${library}`,
              RUBYLIB: libraries ? `${folder}${separator}${libraries}` : folder,
              [portVariable]: String(port),
              ...(options ? { [givenOptionsVariable]: options } : {}),
              ...(libraries ? { [givenLibraryVariable]: libraries } : {}),
            },
          };
        },
      },
      attachment: {
        kind: 'dap',
        port,
        relays: interpreterRelay(found.argv, rubyInterpreter, port),
        // 1.4 stops at the start of whatever is attached to; launched, every version goes on to the first breakpoint.
        request: 'launch',
        attachArguments: ({ localRoot, remoteRoot }) =>
          localRoot === remoteRoot ? { localfs: true } : { localfsMap: `${remoteRoot}:${localRoot}` },
      },
    };
  },

  explain: (stderr) => {
    const [, where] = new RegExp(`^${missingLine} in (.*)$`, 'm').exec(stderr) ?? [];
    return where === undefined
      ? undefined
      : new HotFunctionsError('debugger-missing', `The function's Ruby has no debug gem: ${where}.`, {
          hint: 'Add to its Dockerfile: RUN gem install debug. With a Gemfile: gem "debug".',
        });
  },

  chatter: /^DEBUGGER: /,
};
