import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDockerfile } from '../../../../src/debug/paths/read-dockerfile.ts';

describe('what is read of a Dockerfile', () => {
  it('is where each stage copies the code to', () => {
    const text = [
      'ARG GO_IMAGE=golang:alpine',
      'FROM $GO_IMAGE AS build',
      'WORKDIR /src',
      'COPY go.mod func.go ./',
      'RUN CGO_ENABLED=0 go build \\',
      '  -o /func .',
      'FROM scratch',
      'COPY --from=build /func /func',
      'ENTRYPOINT ["/func"]',
    ];
    assert.deepEqual(readDockerfile(text.join('\n')), [
      {
        copies: [{ sources: ['go.mod', 'func.go'], target: '/src/' }],
        runs: ['CGO_ENABLED=0 go build    -o /func .'],
        workingFolder: '/src',
      },
      { copies: [], runs: [], workingFolder: '/' },
    ]);
  });

  it('follows variables, relative folders, list forms and stages that go on', () => {
    const text = `FROM node AS base
ENV HOME_OF_APP="/srv/the app" PART=\${PART_NAME:-one}
WORKDIR $HOME_OF_APP
WORKDIR parts/../$PART
# COPY commented out /
FROM base
copy ["a b.js", "lib/"]
ADD --chown=node func.js main.js
`;
    const [, last] = readDockerfile(text);
    assert.deepEqual(
      { workingFolder: last?.workingFolder, copies: last?.copies },
      {
        workingFolder: '/srv/the app/one',
        copies: [
          { sources: ['a b.js'], target: '/srv/the app/one/lib/' },
          { sources: ['func.js'], target: '/srv/the app/one/main.js' },
        ],
      },
    );
  });

  it('is nothing of what is no Dockerfile', () => assert.deepEqual(readDockerfile('name: func\n\nversion: 1'), []));
});
