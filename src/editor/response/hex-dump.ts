const BYTES_PER_LINE = 16;

/** Offset, bytes and their ASCII, as `hexdump -C` shows them. At most `maxBytes` of them. */
export function hexDump(bytes: Uint8Array, maxBytes: number): string {
  const lines: string[] = [];
  const end = Math.min(bytes.length, maxBytes);
  for (let offset = 0; offset < end; offset += BYTES_PER_LINE) {
    lines.push(hexLine(offset, bytes.subarray(offset, Math.min(offset + BYTES_PER_LINE, end))));
  }
  if (bytes.length > end) {
    lines.push(`… ${bytes.length - end} more bytes`);
  }
  return lines.join('\n');
}

function hexLine(offset: number, bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
  const left = hex.slice(0, 8).join(' ').padEnd(23);
  const right = hex.slice(8).join(' ').padEnd(23);
  const ascii = Array.from(bytes, (byte) => (byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.')).join('');
  return `${offset.toString(16).padStart(8, '0')}  ${left}  ${right}  |${ascii}|`;
}
