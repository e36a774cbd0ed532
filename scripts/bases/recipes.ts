import { ensureNodes, nodeBinary } from '../setup/nodes.mjs';

/** A base image from Debian packages: enough for the Dockerfiles of `examples/`, not a substitute for the public one. */
export interface BaseRecipe {
  /** The build argument by which a Dockerfile takes it. */
  readonly argument: string;
  readonly tag: string;
  /** Their dependencies come along; what they only recommend does not. */
  readonly packages: readonly string[];
  /** Patterns of tar for what no function needs. */
  readonly leaveOut: readonly string[];
  /** Executables of this machine, by their path in the image. */
  readonly executables?: () => Promise<Readonly<Record<string, string>>>;
  /** What is run in the image to finish it. */
  readonly finish: readonly string[];
}

// A shell for RUN, and what a shell script expects around it.
const shell = ['busybox-static'];
const documents = ['./usr/share', './usr/lib/*/gconv'];

export const baseRecipes: readonly BaseRecipe[] = [
  {
    argument: 'SHELL_IMAGE',
    tag: 'hot-functions/base-shell:local',
    packages: shell,
    leaveOut: documents,
    finish: [],
  },
  {
    argument: 'NODE_IMAGE',
    tag: 'hot-functions/base-node:local',
    packages: [...shell, 'libstdc++6'],
    leaveOut: documents,
    executables: async () => {
      await ensureNodes();
      return { 'usr/local/bin/node': nodeBinary('24') };
    },
    finish: [],
  },
  {
    argument: 'PYTHON_IMAGE',
    tag: 'hot-functions/base-python:local',
    packages: [...shell, 'python3'],
    leaveOut: documents,
    // Else each container compiles the modules that it imports.
    finish: ['python3 -m compileall -q -j 0 /usr/lib/python3*'],
  },
  {
    argument: 'RUBY_IMAGE',
    tag: 'hot-functions/base-ruby:local',
    packages: [...shell, 'ruby'],
    leaveOut: ['./usr/share/doc', './usr/share/man', './usr/share/ri', './usr/lib/*/gconv', '*/spec/*', '*/test/*'],
    finish: [],
  },
  {
    argument: 'GO_IMAGE',
    tag: 'hot-functions/base-go:local',
    packages: [...shell, 'golang-go'],
    leaveOut: [
      './usr/lib/*/gconv',
      './usr/share/doc',
      './usr/share/man',
      './usr/share/go-*/api',
      './usr/share/go-*/misc',
      './usr/share/go-*/test',
      './usr/share/go-*/src/cmd',
      './usr/lib/go-*/pkg/*/cmd',
      'testdata',
      '*_test.go',
    ],
    // Fills the build cache: the package's archives are of no use without cgo.
    finish: ['CGO_ENABLED=0 go build net/http encoding/json'],
  },
];
