// Which form of the event the code reads, by the type that its framework names when the reading fails. The form that is sent stands in
// the deployed integration; both together tell a mismatch where no single field is named.

/** Types of the public Lambda libraries (.NET, Java, Go, Rust) for the event of an HTTP API in format 2.0, and for that of 1.0 and REST. */
const typesOf = {
  '2.0': ['HttpApiV2Proxy', 'APIGatewayV2HTTP', 'ApiGatewayV2http', 'ApiGatewayV2Http'],
  '1.0': ['APIGatewayProxyRequest', 'APIGatewayProxyFunction', 'APIGatewayProxyEvent', 'ApiGatewayProxyRequest', 'AwsProxyRequest'],
} as const;

/** The form that the type in this error holds; undefined where it names none, or both. */
export function formIn(text: string): '1.0' | '2.0' | undefined {
  const [two, one] = (['2.0', '1.0'] as const).map((form) => typesOf[form].some((type) => text.includes(type)));
  return two === one ? undefined : two ? '2.0' : '1.0';
}

/** Whether code for this form was sent another; undefined where the two cannot be compared. A REST or WebSocket API never sends 2.0. */
export const otherForm = (reads: '1.0' | '2.0' | undefined, sends: string): true | undefined =>
  reads === undefined || sends === 'unknown' || reads === sends || (reads === '1.0' && sends === 'websocket') ? undefined : true;
