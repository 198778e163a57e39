// What front-ends use, untouched, against a running server: node clients.mjs URL TOKEN SESSION_ID. Each part is one client; what
// went wrong in it is printed as JSON, [] where nothing did. The server holds five activities, and a wallet of 100 points.
import assert from "node:assert/strict";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { relayStylePagination } from "@apollo/client/utilities";
import { Client, cacheExchange, fetchExchange, subscriptionExchange } from "@urql/core";
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import { WebSocket } from "ws";

const [url, token, sessionId] = process.argv.slice(2);
const graphql = `${url}/graphql`;
const headers = { authorization: `Bearer ${token}`, "accept-language": "en" };
const socket = (connectionParams) =>
  createWs({ url: graphql.replace("http", "ws"), webSocketImpl: WebSocket, connectionParams, retryAttempts: 0 });

const PAGE = `query Page($after: String) { activities(first: 2, after: $after) {
  edges { cursor node { id title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
const TITLE = "query Title($id: ID!) { node(id: $id) { id ... on Activity { title } } }";
const WALLET = "subscription Wallet { walletChanged { id balance } }";
const REDEEM = `mutation Redeem($input: RedeemTicketsInput!) { redeemTickets(input: $input) {
  order { id } errors { code message path } } }`;
let keys = 0;
const wish = (sessionId) => ({ input: { sessionId, quantity: 1, idempotencyKey: `${process.pid}-${(keys += 1)}` } });

// The first events of a subscription: something is done after each but the last.
async function follow(events, ...acts) {
  const seen = [];
  for await (const event of events) {
    assert.equal(event.errors, undefined);
    seen.push(event.data.walletChanged.balance);
    if (seen.length > acts.length) return seen;
    await acts[seen.length - 1]();
  }
  throw new Error("the subscription ended early");
}

// An Apollo or urql observable as something to iterate over.
async function* events(observable) {
  const waiting = [];
  let wake = () => {};
  const subscription = observable.subscribe((event) => (waiting.push(event), wake()));
  try {
    for (;;) {
      while (waiting.length) yield waiting.shift();
      await new Promise((resolve) => (wake = resolve));
    }
  } finally {
    subscription.unsubscribe();
  }
}

async function apollo() {
  const ws = socket({ Authorization: headers.authorization });
  const asked = [];
  const counting = new ApolloLink((operation, forward) => (asked.push(operation.operationName), forward(operation)));
  const overSocket = (operation) => operation.operationType === OperationTypeNode.SUBSCRIPTION;
  const client = new ApolloClient({
    link: ApolloLink.from([
      counting,
      ApolloLink.split(overSocket, new GraphQLWsLink(ws), new HttpLink({ uri: graphql, headers })),
    ]),
    cache: new InMemoryCache({ typePolicies: { Query: { fields: { activities: relayStylePagination() } } } }),
  });
  const pages = client.watchQuery({ query: gql(PAGE) });
  const watching = pages.subscribe(() => {});
  let { data } = await client.query({ query: gql(PAGE) });
  while (data.activities.pageInfo.hasNextPage) {
    await pages.fetchMore({ variables: { after: data.activities.pageInfo.endCursor } });
    data = client.readQuery({ query: gql(PAGE) });
  }
  assert.equal(data.activities.edges.length, 5, "the pages have become one list");
  assert.equal(new Set(data.activities.edges.map((edge) => edge.node.id)).size, 5);
  watching.unsubscribe();

  const id = data.activities.edges[4].node.id;
  const fragment = client.readFragment({ id: `Activity:${id}`, fragment: gql`fragment T on Activity { title }` });
  assert.equal(fragment.title, data.activities.edges[4].node.title, "things are kept by their ids");
  const before = asked.length;
  await client.query({ query: gql(TITLE), variables: { id } });
  await client.query({ query: gql(TITLE), variables: { id } });
  assert.equal(asked.length, before + 1, "what is known is not asked for again");

  const refused = await client.mutate({ mutation: gql(REDEEM), variables: wish(id) });
  assert.deepEqual(refused.data.redeemTickets.errors.map((error) => error.code), ["NOT_FOUND"]);
  const wrong = await client.query({ query: gql`query Wrong { nothing }`, errorPolicy: "all" });
  assert.ok(CombinedGraphQLErrors.is(wrong.error), String(wrong.error));
  assert.equal(wrong.error.errors[0].extensions.code, "INVALID_INPUT");

  const redeem = () => client.mutate({ mutation: gql(REDEEM), variables: wish(sessionId) });
  const [first, second] = await follow(events(client.subscribe({ query: gql(WALLET) })), redeem);
  assert.equal(second, first - 10);
  client.stop();
  await ws.dispose();
}

async function urql() {
  const ws = socket({ authorization: headers.authorization });
  const client = new Client({
    url: graphql,
    preferGetMethod: false,
    fetchOptions: { headers },
    exchanges: [
      cacheExchange,
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables }) => ({
          subscribe: (sink) => ({ unsubscribe: ws.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
  const found = [];
  let page = { hasNextPage: true, endCursor: null };
  while (page.hasNextPage) {
    const { data, error } = await client.query(PAGE, { after: page.endCursor }).toPromise();
    assert.equal(error, undefined);
    found.push(...data.activities.edges);
    page = data.activities.pageInfo;
  }
  assert.equal(found.length, 5);
  const got = await client.query(TITLE, { id: found[0].node.id }, { preferGetMethod: "force" }).toPromise();
  assert.equal(got.data.node.title, found[0].node.title, "a GET is answered, too");
  const refused = await client.mutation(REDEEM, wish(found[0].node.id)).toPromise();
  assert.equal(refused.data.redeemTickets.errors[0].code, "NOT_FOUND");
  const wrong = await client.query("query Wrong { nothing }", {}).toPromise();
  assert.equal(wrong.error.graphQLErrors[0].extensions.code, "INVALID_INPUT");
  const stale = await client
    .query(TITLE, { id: found[0].node.id }, { fetchOptions: { headers: { authorization: "Bearer old" } }, requestPolicy: "network-only" })
    .toPromise();
  assert.equal(stale.error.graphQLErrors[0].extensions.code, "UNAUTHENTICATED");
  assert.equal(stale.error.response.status, 401);

  const redeem = () => client.mutation(REDEEM, wish(sessionId)).toPromise();
  const [first, second] = await follow(events(client.subscription(WALLET, {})), redeem);
  assert.equal(second, first - 10);
  await ws.dispose();
}

async function graphqlWs() {
  const ws = socket({ authorization: headers.authorization });
  const redeem = async () => {
    for await (const answer of ws.iterate({ query: REDEEM, variables: wish(sessionId) }))
      assert.deepEqual(answer.data.redeemTickets.errors, []);
  };
  const [first, second, third] = await follow(ws.iterate({ query: WALLET }), redeem, redeem);
  assert.deepEqual([second, third], [first - 10, first - 20]);
  const refused = await ws.iterate({ query: "{ nothing }" }).next().catch((errors) => errors);
  assert.equal(refused[0].extensions.code, "INVALID_INPUT");
  // Who comes again is told the present state first.
  assert.deepEqual(await follow(ws.iterate({ query: WALLET })), [third]);
  await ws.dispose();

  const stranger = socket({ authorization: "Bearer nobody" });
  const closed = await stranger.iterate({ query: WALLET }).next().catch((event) => event);
  assert.equal(closed.code, 4403);
  await stranger.dispose();
}

async function graphqlSse() {
  const sse = createSse({ url: `${graphql}/stream`, headers, retryAttempts: 0 });
  const redeem = async () => {
    const { value } = await sse.iterate({ query: REDEEM, variables: wish(sessionId) }).next();
    assert.deepEqual(value.data.redeemTickets.errors, []);
  };
  const [first, second] = await follow(sse.iterate({ query: WALLET }), redeem);
  assert.equal(second, first - 10);
  const whole = [];
  for await (const answer of sse.iterate({ query: "{ __typename }" })) whole.push(answer.data);
  assert.deepEqual(whole, [{ __typename: "Query" }]);
  const refused = await sse.iterate({ query: "{ nothing }" }).next();
  assert.equal(refused.value.errors[0].extensions.code, "INVALID_INPUT");
  sse.dispose();
}

const wrong = {};
for (const part of [apollo, urql, graphqlWs, graphqlSse]) {
  wrong[part.name] = await part().then(() => null, (error) => String(error?.stack ?? JSON.stringify(error)));
}
console.log(JSON.stringify(wrong));
process.exit(0);
