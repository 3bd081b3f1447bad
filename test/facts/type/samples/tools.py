# Samples that Python's own modules and openssl write: argv[1] is an empty folder, one file each, named TYPE@NUMBER with / as !.
import bz2, gzip, io, lzma, marshal, pickle, plistlib, sqlite3, subprocess, sys, tarfile, os

out = sys.argv[1]
DATA = [b'', b'hello world\n' * 20, os.urandom(90000)]


def put(kind, number, content):
    with open(os.path.join(out, '%s@%s' % (kind.replace('/', '!'), number)), 'wb') as file:
        file.write(content)


def tar(form, name, data):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode='w', format=form) as file:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        file.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def old_tar(name, data):
    content = bytearray(tar(tarfile.USTAR_FORMAT, name, data))
    content[257:512] = bytes(255)
    content[148:156] = b' ' * 8
    content[148:156] = b'%06o\0 ' % sum(content[:512])
    return bytes(content)


for n, data in enumerate(DATA):
    put('application/gzip', n, gzip.compress(data))
    put('application/x-bzip2', n, bz2.compress(data))
    put('application/x-xz', n, lzma.compress(data))
    put('application/x-lzma', n, lzma.compress(data, format=lzma.FORMAT_ALONE))
    put('application/x-python-pickle', n, pickle.dumps({'a': data}, protocol=n + 2))
    put('application/x-bplist', n, plistlib.dumps({'a': data}, fmt=plistlib.FMT_BINARY))
for n, form in enumerate([tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]):
    put('application/x-tar', n, tar(form, 'own' * 40 + '.txt' if n else 'a.txt', DATA[n]))
put('application/x-tar', 3, old_tar('folder/a.txt', DATA[1]))
for n in range(3):
    path = os.path.join(out, 'own.db')
    base = sqlite3.connect(path)
    base.execute('PRAGMA page_size = %d' % (1024 << n))
    base.execute('CREATE TABLE a (b)')
    base.commit()
    base.close()
    put('application/vnd.sqlite3', n, open(path, 'rb').read())
    os.unlink(path)
    code = compile('a = 1\n' * (n + 1), 'own.py', 'exec')
    from importlib.util import MAGIC_NUMBER
    put('application/x-bytecode.python', n, MAGIC_NUMBER + bytes(12) + marshal.dumps(code))


def openssl(*args, feed=b''):
    return subprocess.run(['openssl', *args], input=feed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, cwd=out).stdout


for n, name in enumerate(['prime256v1', 'secp384r1', 'secp521r1']):
    openssl('ecparam', '-name', name, '-genkey', '-noout', '-out', 'key.pem')
    openssl('req', '-new', '-x509', '-key', 'key.pem', '-subj', '/CN=own test %d' % n, '-days', '9', '-out', 'cert.pem')
    put('application/pkix-cert', n, openssl('x509', '-in', 'cert.pem', '-outform', 'DER'))
    put('application/pkcs10', n, openssl('req', '-new', '-key', 'key.pem', '-subj', '/CN=a', '-outform', 'DER'))
    put('application/pkcs8', n, openssl('pkcs8', '-topk8', '-in', 'key.pem', '-outform', 'DER', *(['-nocrypt'] if n else ['-passout', 'pass:x'])))
    put('application/pkcs12', n, openssl('pkcs12', '-export', '-in', 'cert.pem', '-inkey', 'key.pem', '-passout', 'pass:x'))
    sign = ['cms', '-sign', '-signer', 'cert.pem', '-inkey', 'key.pem', '-outform', 'DER', '-binary', *(['-noattr'] if n == 2 else [])]
    put('application/pkcs7-signature', n, openssl(*sign, feed=DATA[1]))
    put('application/pkcs7-mime', n, openssl(*sign, '-nodetach', *(['-stream'] if n == 1 else []), feed=DATA[n]))
    put('application/pkcs7-mime', n + 3, openssl('cms', '-encrypt', '-aes256', '-outform', 'DER', 'cert.pem', feed=DATA[n]))
    put('application/x-pkcs7-certificates', n, openssl('crl2pkcs7', '-nocrl', '-certfile', 'cert.pem', '-outform', 'DER'))
    open(os.path.join(out, 'index'), 'w').close()
    with open(os.path.join(out, 'ca.conf'), 'w') as file:
        file.write('[ca]\ndefault_ca=a\n[a]\ndatabase=index\ndefault_md=sha256\ndefault_crl_days=9\n')
    openssl('ca', '-config', 'ca.conf', '-gencrl', '-keyfile', 'key.pem', '-cert', 'cert.pem', '-out', 'crl.pem')
    put('application/pkix-crl', n, openssl('crl', '-in', 'crl.pem', '-outform', 'DER'))
for name in ['key.pem', 'cert.pem', 'crl.pem', 'ca.conf', 'index', 'index.attr']:
    if os.path.exists(os.path.join(out, name)):
        os.unlink(os.path.join(out, name))
