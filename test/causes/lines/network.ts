// Lines of VPC links, load balancers and networks. Texts are from messages.md and AWS's own formats; most words are shared by several causes,
// so each cause's near misses are the others' matches.
import type { LinesByCause } from '../lines.ts';

const rid = '(8d1f7a1c-9a2b-4a51-8f6e-1c2b3d4e5f60) ';
const internal = 'Execution failed due to configuration error: There was an internal error while executing your request';
const flow = (from: string, to: string, what: string): string =>
  `2 111122223333 eni-0a1b2c3d ${from} ${to} 49761 80 6 4 240 1795000000 1795000060 ${what} OK`;
const balancer = (status: string, target: string): string =>
  `http 2026-11-20T10:00:00.186641Z app/orders/50dc6c495c0c9188 10.0.1.9:2817 ${target} ${status} "GET http://orders.internal:80/orders HTTP/1.1"`;

export const lines: LinesByCause = {
  'vpc-link-unavailable': {
    is: [
      ['execution', `${rid}${internal}`],
      ['execution', `Thu May 04 17:48:21 UTC 2024 : ${internal}`],
      ['execution', `${rid}Execution failed due to an vpc link error`],
      ['access', '{"status":"503","responseType":"INTEGRATION_NETWORK_FAILURE"}'],
    ],
    isNot: [
      ['execution', `${rid}Execution failed due to an internal error`],
      ['execution', `${rid}Method request body before transformations: ${internal}`],
      ['execution', `${rid}Execution failed due to a timeout error`],
      ['function', internal],
    ],
  },
  'target-unhealthy': {
    is: [
      ['access', 'No target endpoints found for integration arn:aws:servicediscovery:us-east-1:111122223333:service/srv-a1b2c3'],
      ['loadBalancer', balancer('503 - 200 300', '- -1 -1 -1')],
      ['execution', `${rid}Endpoint response body before transformations: <h1>503 Service Temporarily Unavailable</h1>`],
    ],
    isNot: [
      ['loadBalancer', balancer('503 503 200 300', '10.0.1.20:8080 0.000 0.001 0.000')],
      ['loadBalancer', balancer('502 - 200 300', '10.0.1.20:8080 -1 -1 -1')],
      ['access', '{"status":"503","message":"Service Unavailable"}'],
      ['execution', `${rid}Execution failed due to a timeout error`],
    ],
  },
  'network-blocked': {
    is: [
      ['flow', flow('10.0.1.7', '10.0.2.20', 'REJECT')],
      ['flow', flow('172.31.9.69', '172.31.9.12', 'REJECT')],
      ['access', '{"message": "Service Unavailable"}'],
      ['execution', `${rid}${internal}`],
      ['function', 'Error: connect ETIMEDOUT 10.0.3.4:5432'],
      ['function', 'botocore.exceptions.ConnectTimeoutError: Connect timeout on endpoint URL: "https://sqs.us-east-1.amazonaws.com/"'],
      ['function', 'hyper::Error(Connect, HttpTimeoutError { kind: "HTTP connect", duration: 3.1s })'],
      ['function', 'URLError: <urlopen error timed out>'],
      ['function', 'connection to server at "db.internal" (10.0.3.4), port 5432 failed: timeout expired'],
    ],
    isNot: [
      ['flow', flow('10.0.1.7', '10.0.2.20', 'ACCEPT')],
      ['function', 'Error: connect ECONNREFUSED 10.0.3.4:5432'],
      ['function', 'HttpTimeoutError { kind: "HTTP read", duration: 3.1s }'],
      ['function', 'URLError: <urlopen error [Errno 111] Connection refused>'],
      ['access', '{"status":"503","body":"503 Service Temporarily Unavailable"}'],
      ['execution', `${rid}Execution failed due to a network error communicating with endpoint: Connection reset by peer`],
    ],
  },
};
