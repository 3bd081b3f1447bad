/** A mail with EICAR handed to a Postfix in a folder, and what it answered. */
import { eicar, mail } from '../../postfix/mail.ts'

const CLIENT = `
import base64, smtplib, sys, time, urllib.request
for again in range(600):
    try:
        urllib.request.urlopen('http://127.0.0.1:' + sys.argv[3] + '/readyz')
        break
    except OSError:
        time.sleep(0.2)
client = smtplib.SMTP('127.0.0.1', int(sys.argv[1]), timeout=120)
try:
    client.sendmail('a@example.org', ['root@localhost'], base64.b64decode(sys.argv[2]))
    print('answered 250')
except smtplib.SMTPException as error:
    print('answered', *[str(one.decode() if isinstance(one, bytes) else one) for one in getattr(error, 'args', [error])])
`

/** Shell commands that start what the role has set up, a Postfix at this port with it, and hand it the mail when `/readyz` at `http` allows. */
export function eicarOverSmtp(port: number, http: number): string {
  const message = mail({ attachments: [{ name: 'x.com', content: eicar() }] }).toString('base64')
  return [
    'systemctl boot',
    'cp -p /etc/postfix/master.cf /root/master.cf',
    `postconf -M "127.0.0.1:${port}/inet=127.0.0.1:${port} inet n - n - - smtpd -o smtpd_recipient_restrictions=permit_mynetworks,reject"`,
    // The milter of others is not there; what it says does not count here.
    'postconf -e "milter_default_action = accept" "maillog_file = /var/log/postfix.log"',
    'postconf -MX smtp/inet',
    'postfix start >/dev/null 2>&1',
    `python3 -c "$(echo ${Buffer.from(CLIENT).toString('base64')} | base64 -d)" ${port} ${message} ${http}`,
    'postfix stop >/dev/null 2>&1',
    'cp -p /root/master.cf /etc/postfix/master.cf',
    'postconf -X milter_default_action maillog_file',
  ].join('\n')
}
