/** The answer of an address that refused, in the server's own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** What the server said, without where. */
    readonly detail: string = message,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

interface Problem {
  code?: string;
  detail?: string;
  title?: string;
  errors?: ReadonlyArray<{ field: string; message: string }>;
}

/** Speaks to one plane over HTTP with one key, as any service would. */
export class ApiClient {
  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {}

  get<T>(path: string): Promise<T> {
    return this.send<T>('GET', path);
  }

  post<T>(path: string, body: unknown = {}): Promise<T> {
    return this.send<T>('POST', path, body);
  }

  put<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>('PUT', path, body);
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.baseUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw refusal(method, path, response.status, text);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

function refusal(method: string, path: string, status: number, text: string): ApiError {
  let problem: Problem = {};
  try {
    problem = JSON.parse(text) as Problem;
  } catch {
    problem = { detail: text.slice(0, 200) };
  }
  const fields = (problem.errors ?? []).map((error) => `${error.field}: ${error.message}`).join('; ');
  const words = [problem.detail ?? problem.title, fields].filter(Boolean).join(' · ');
  return new ApiError(
    status,
    problem.code ?? 'UNKNOWN',
    `${method} ${path} answered ${status}: ${words}`,
    words,
  );
}
