import type { Mutation } from "./mutation.ts";

export const DEPLOYMENT: readonly Mutation[] = [
  {
    what: "the scheduler's unit may ask anybody",
    file: "deployment/systemd/twf-v3-scheduler@.service",
    from: "--allow-net=127.0.0.1,",
    to: "--allow-net --x=127.0.0.1,",
    tests: ["tests/long/deployment_test.ts"],
  },
  {
    what: "the server's unit may read anything",
    file: "deployment/systemd/twf-v3-server.service",
    from: "--allow-read=/opt/twf_v3,/var/lib/twf_v3",
    to: "--allow-read",
    tests: ["tests/long/deployment_test.ts"],
  },
  {
    what: "nginx tells everybody the metrics",
    file: "deployment/nginx/twf_v3_site.conf",
    from: "    deny all;\n",
    to: "",
    tests: ["tests/long/deployment_test.ts"],
  },
  {
    what: "nginx passes a client's own list of addresses on",
    file: "deployment/nginx/twf_v3_site.conf",
    from: "proxy_set_header X-Forwarded-For $remote_addr;",
    to: "proxy_set_header X-Forwarded-For $http_x_forwarded_for;",
    tests: ["tests/long/deployment_test.ts"],
  },
  {
    what: "nginx waits for a head for a minute",
    file: "deployment/nginx/twf_v3.conf",
    from: "client_header_timeout 10s;",
    to: "client_header_timeout 100s;",
    tests: ["tests/long/deployment_test.ts"],
  },
  {
    what: "other names get our certificate",
    file: "deployment/nginx/twf_v3_https.conf",
    from: "    ssl_reject_handshake on;\n",
    to: "    ssl_certificate /etc/twf_v3/tls/fullchain.pem;\n    ssl_certificate_key /etc/twf_v3/tls/privkey.pem;\n",
    tests: ["tests/long/deployment_test.ts"],
  },
  {
    what: "nginx keeps what may be another a second later",
    file: "deployment/nginx/twf_v3_site.conf",
    from: "    proxy_no_cache $twf_v3_is_moving;\n",
    to: "",
    tests: ["tests/long/deployment_test.ts"],
  },
];
