"""The GraphQL of the demo's story, as a front-end would write it."""

REQUEST_CODE = """mutation RequestCode($phone: String!) {
  requestSignInCode(input: {phone: $phone}) { expiresAt errors { code message } }
}"""

SIGN_IN = """mutation SignIn($phone: String!, $code: String!) {
  signIn(input: {phone: $phone, code: $code}) {
    accessToken expiresAt
    viewer { resident { displayName phone } roles { role area { name } } }
    errors { code message }
  }
}"""

FIND_HOSTS = """query FindHosts($search: String!) {
  activities(filter: {search: $search, status: [PUBLISHED, COMPLETED]}, first: 100) { nodes { title host { id name } } }
  ticketOffers(first: 100) { nodes { title host { id name } } }
}"""

CREATE_ACTIVITY = """mutation CreateActivity($input: CreateActivityInput!) {
  createActivity(input: $input) {
    activity { id title status startsAt shifts { id name } pointsRule { perAttendance perHour cap } }
    errors { code message path }
  }
}"""

CREATE_OFFER = """mutation CreateOffer($input: CreateTicketOfferInput!) {
  createTicketOffer(input: $input) {
    offer { id title status cost limitPerResident sessions { id remaining } attractions { id name } }
    errors { code message path }
  }
}"""

FIND_ACTIVITY = """query FindActivity($search: String!, $from: DateTime!) {
  activities(filter: {search: $search, startsFrom: $from}, first: 100) {
    totalCount
    nodes { id title startsAt venue host { name } shifts { id name viewerCanSignUp { eligible reasons { code message } } } }
  }
}"""

SIGN_UP = """mutation SignUp($shiftId: ID!) {
  signUp(input: {shiftId: $shiftId}) {
    signUp { id status shift { activity { title signUpCount } } }
    errors { code message path }
  }
}"""

MEMBER_CODE = "query MemberCode { viewer { memberCode { token expiresAt } } }"

LOG_ATTENDANCE = """mutation LogAttendance($input: LogAttendanceInput!) {
  logAttendance(input: $input) {
    results {
      attendance { id resident { displayName phone } method pointsEarned }
      error { code message path }
    }
    errors { code message path }
  }
}"""

WALLET = """query Wallet {
  viewer { wallet {
    balance available
    entries(first: 10) { nodes { amount balanceAfter transfer { kind memo source { __typename } } } }
  } }
}"""

CAN_REDEEM = """query CanRedeem($sessionId: ID!, $quantity: Int!) {
  node(id: $sessionId) { ... on OfferSession {
    remaining offer { title cost } viewerCanRedeem(quantity: $quantity) { eligible reasons { code message } }
  } }
}"""

REDEEM = """mutation Redeem($input: RedeemTicketsInput!) {
  redeemTickets(input: $input) {
    order { id status pointsSpent tickets { id serial status token } }
    errors { code message path }
  }
}"""

ADMIT = """mutation Admit($scan: ScanInput!) {
  admitTicket(input: {scan: $scan}) {
    admission { id gate scannedAt }
    ticket { serial status }
    errors { code message ... on AlreadyAdmitted { admission { id gate scannedAt } } }
  }
}"""

TRIAL_BALANCE = """query TrialBalance($programme: String!) {
  trialBalance(programme: $programme) {
    programme balanced totalDebits totalCredits lines: accounts { kind debits credits accounts }
  }
}"""
