import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** A registry on this machine with one image of one layer: enough for a real engine to pull from. */
export class ImageRegistry {
  readonly address: string;
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.address = `localhost:${(server.address() as AddressInfo).port}`;
  }

  static async serve(files: Readonly<Record<string, string>>): Promise<ImageRegistry> {
    const layer = await tarOf(files);
    const compressed = gzipSync(layer);
    const config = Buffer.from(
      JSON.stringify({
        architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
        os: 'linux',
        config: { Entrypoint: ['/function'] },
        rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
      }),
    );
    const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        config: described('application/vnd.docker.container.image.v1+json', config),
        layers: [described('application/vnd.docker.image.rootfs.diff.tar.gzip', compressed)],
      }),
    );
    const blobs = new Map([config, compressed].map((blob) => [digestOf(blob), blob]));
    const server = createServer((request, response) => {
      const path = request.url ?? '';
      const blob = path.includes('/manifests/') ? manifest : blobs.get(path.split('/').at(-1) ?? '');
      if (path === '/v2/') {
        response.end('{}');
      } else if (blob === undefined) {
        response.writeHead(404).end();
      } else {
        const type = blob === manifest ? manifestType : 'application/octet-stream';
        response.writeHead(200, {
          'Content-Type': type,
          'Content-Length': blob.length,
          'Docker-Content-Digest': digestOf(blob),
        });
        response.end(request.method === 'HEAD' ? undefined : blob);
      }
    });
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    return new ImageRegistry(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function described(mediaType: string, bytes: Buffer): object {
  return { mediaType, size: bytes.length, digest: digestOf(bytes) };
}

async function tarOf(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) {
    archive.entry({ name }, text);
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
