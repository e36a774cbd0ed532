import type { DebugProtocol } from '@vscode/debugprotocol';

type Message = DebugProtocol.ProtocolMessage;

export function isRequest(message: Message): message is DebugProtocol.Request {
  return message.type === 'request' && 'command' in message && typeof message.command === 'string';
}

export function isResponse(message: Message): message is DebugProtocol.Response {
  return (
    message.type === 'response' &&
    'request_seq' in message &&
    typeof message.request_seq === 'number' &&
    'success' in message &&
    typeof message.success === 'boolean'
  );
}

export function isEvent(message: Message): message is DebugProtocol.Event {
  return message.type === 'event' && 'event' in message && typeof message.event === 'string';
}
