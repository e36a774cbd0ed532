import type { HeaderList } from '../../core/call.ts';
import type { ContainerSnapshot } from '../../core/pool/container-snapshot.ts';
import { formatMs } from '../../editor/format-ms.ts';
import { describeBytes, hexNodes } from './byte-nodes.ts';
import type { ExchangeAnswer, ObservedCall } from './exchange-debugger.ts';
import type { VariableNode } from './variable-node.ts';
import { unwrittenNodes } from './wire-record.ts';

/** What is known of the container beside what its snapshot says. */
export interface ContainerFacts {
  readonly snapshot: ContainerSnapshot | undefined;
  readonly language: string | undefined;
  readonly stderr: string;
}

/** The scopes of a stopped exchange, each with what is known by then. */
export function exchangeScopes(call: ObservedCall, container: ContainerFacts): readonly VariableNode[] {
  const { position, request, wire } = call;
  const scopes: VariableNode[] = [scope('Request', () => request.nodes())];
  if (position.kind === 'answered') {
    scopes.unshift(scope('Response', () => responseNodes(position.answer)));
  }
  scopes.push(
    scope('Wire', () =>
      position.kind === 'unwritten' ? unwrittenNodes(position.call.preview(request.request)) : wire.nodes(),
    ),
    scope('Container', () => containerNodes(container)),
  );
  return scopes;
}

function scope(name: string, children: () => readonly VariableNode[]): VariableNode {
  return { name, value: '', children };
}

function responseNodes({ status, headers, body, error, salvage, summary }: ExchangeAnswer): readonly VariableNode[] {
  const nodes: VariableNode[] = [
    { name: 'status', value: `${status}` },
    { name: 'headers', value: `${headers.length}`, children: () => headerNodes(headers) },
    { name: 'body', value: describeBytes(body.bytes, body.truncated), children: () => hexNodes(body.bytes) },
    { name: 'time', value: formatMs(summary.timings.totalMs), children: () => timeNodes(summary.timings) },
  ];
  const { outcome } = summary;
  const problem = error ?? (outcome.kind === 'failed' ? outcome.error : undefined) ?? warningOf(summary);
  if (problem !== undefined) {
    nodes.push({ name: 'problem', value: `${problem.code}: ${problem.message}` });
    if (problem.hint !== undefined) {
      nodes.push({ name: 'what to do', value: problem.hint });
    }
    const { bytes } = problem;
    if (bytes !== undefined && bytes.length > 0) {
      const at = problem.offset === undefined ? '' : ` at byte ${problem.offset}`;
      nodes.push({ name: `output${at}`, value: describeBytes(bytes), children: () => hexNodes(bytes) });
    }
  }
  if (salvage !== undefined && salvage.length > 0) {
    nodes.push({ name: 'salvage', value: describeBytes(salvage), children: () => hexNodes(salvage) });
  }
  return nodes;
}

function warningOf({ outcome }: ExchangeAnswer['summary']) {
  return outcome.kind === 'answered' ? outcome.warning : undefined;
}

function headerNodes(headers: HeaderList): readonly VariableNode[] {
  return headers.map(([name, value]) => ({ name, value }));
}

function timeNodes({ queuedMs, preparedMs, startedMs, firstByteMs }: ExchangeAnswer['summary']['timings']) {
  return Object.entries({
    queued: queuedMs,
    prepared: preparedMs,
    started: startedMs,
    'first byte': firstByteMs,
  }).flatMap(([name, ms]) => (ms === undefined ? [] : [{ name, value: formatMs(ms) }]));
}

function containerNodes({ snapshot, language, stderr }: ContainerFacts): readonly VariableNode[] {
  if (snapshot === undefined) {
    return [{ name: 'state', value: 'none' }];
  }
  const { name, engineId, state, served } = snapshot;
  return [
    { name: 'name', value: name },
    { name: 'id', value: engineId },
    { name: 'state', value: state.kind },
    { name: 'calls', value: `${served}` },
    ...(language === undefined ? [] : [{ name: 'debugger', value: language }]),
    { name: 'stderr', value: JSON.stringify(stderr) },
  ];
}
