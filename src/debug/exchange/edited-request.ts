import type { HeaderList } from '../../core/call.ts';
import { callFactsOf } from '../../core/call-facts.ts';
import type { EditableRequest } from '../../core/call-gate.ts';
import { HotFunctionsError } from '../../core/errors.ts';
import type { Route } from '../../core/route.ts';
import { describeBytes, hexNodes, isShortText } from './byte-nodes.ts';
import type { VariableNode } from './variable-node.ts';

/** The request of a call that is being debugged: what will be written, and from then on what was. */
export class EditedRequest {
  readonly #route: Route;
  #request: EditableRequest;
  #written = false;

  constructor(route: Route, request: EditableRequest) {
    this.#route = route;
    this.#request = request;
  }

  get request(): EditableRequest {
    return this.#request;
  }

  get method(): string {
    return callFactsOf(this.#route, this.#request).method;
  }

  /** It is on the wire: nothing changes it any more. */
  freeze(): void {
    this.#written = true;
  }

  nodes(): readonly VariableNode[] {
    const { query = '', headers = [] } = this.#request;
    const { method, url } = callFactsOf(this.#route, this.#request);
    return [
      this.#editable('method', method, (text) => ({ ...this.#request, method: text.toUpperCase() })),
      { name: 'url', value: url },
      this.#editable('query', query, (text) => ({ ...this.#request, query: text.replace(/^\?/, '') })),
      { name: 'headers', value: `${headers.length}`, children: () => this.#headerNodes() },
      this.#bodyNode(),
    ];
  }

  #headerNodes(): readonly VariableNode[] {
    const { headers = [] } = this.#request;
    return headers.map(([name, value], at) =>
      this.#editable(uniqueName(headers, at), value, (text) => ({
        ...this.#request,
        headers: headers.with(at, [name, text]),
      })),
    );
  }

  #bodyNode(): VariableNode {
    const { body } = this.#request;
    const bytes = typeof body === 'string' ? Buffer.from(body, 'utf8') : (body ?? new Uint8Array());
    const value = describeBytes(bytes);
    const children = () => hexNodes(bytes);
    if (!isShortText(bytes)) {
      // What is shown of it is not all there is: typed back, it would not be the same.
      return { name: 'body', value, children };
    }
    return { ...this.#editable('body', value, (text) => ({ ...this.#request, body: unquoted(text) })), children };
  }

  #editable(name: string, value: string, edit: (text: string) => EditableRequest): VariableNode {
    if (this.#written) {
      return { name, value };
    }
    return {
      name,
      value,
      set: (text) => {
        if (this.#written) {
          throw writtenAlready();
        }
        const request = edit(text);
        // What cannot be sent is refused here, not when it would be too late.
        callFactsOf(this.#route, request);
        this.#request = request;
      },
    };
  }
}

export function writtenAlready(): HotFunctionsError {
  return new HotFunctionsError('invalid-request', 'The request is on the wire already.', {
    hint: 'Restart Frame sends it again; edit it then.',
  });
}

/** Variables of one parent are told apart by name, headers of one request are not. */
function uniqueName(headers: HeaderList, at: number): string {
  const name = headers[at]?.[0] ?? '';
  const number = headers.slice(0, at + 1).filter(([other]) => other === name).length;
  return number === 1 ? name : `${name} (${number})`;
}

/** A text is shown in quotes, so it may come back in them or without. */
function unquoted(text: string): string {
  if (text.startsWith('"')) {
    try {
      return String(JSON.parse(text));
    } catch {
      return text;
    }
  }
  return text;
}
