/** Files as an operator of PeekabooAV has them: what its own sample enables, in our words. */

/** `ruleset.conf` with the reach of the sample that PeekabooAV came with. */
export const SAMPLE_RULESET = `# the rules, in order
[rules]
rule.1: known
rule.2: file_larger_than
rule.3: file_type_on_whitelist
rule.4: file_type_on_greylist
rule.5: expressions
rule.6: cuckoo_evil_sig
rule.7: cuckoo_score
rule.8: cuckoo_analysis_failed
rule.9: final_rule
#rule.10: office_macro

[file_larger_than]
bytes: 5

[file_type_on_whitelist]
whitelist.1: text/plain
whitelist.2: text/html
whitelist.3: message/rfc822
whitelist.4: inode/x-empty
whitelist.5: application/pkcs7-signature
whitelist.6: application/x-pkcs7-signature
whitelist.7: application/pkcs7-mime
whitelist.8: application/x-pkcs7-mime

[file_type_on_greylist]
greylist.1: application/octet-stream
greylist.2: application/msword
greylist.3: application/pdf
greylist.4: application/zip
greylist.5: application/x-dosexec
greylist.6: application/javascript

[expressions]
expression.0: {sample.type_declared} | filereport.mime_types <= {"text/plain", "inode/x-empty"}
    -> ignore
expression.1: sample.name_declared == /smime.p7[mcs]/
    and sample.type_declared in {
        "application/pkcs7-signature", "application/x-pkcs7-signature",
        # the encrypted ones
        "application/pkcs7-mime", "application/x-pkcs7-mime"
    } -> ignore
expression.2: sample.name_declared == "signature.asc"
    and sample.type_declared in {"application/pgp-signature"} -> ignore
expression.3: sample.file_extension in {
        "doc", "docm", "dotm", "docx", "ppt", "pptm", "pptx", "rtf", "xls", "xlm", "xlsm", "xlsx"
    } and olereport.has_office_macros == True and cuckooreport.score > 4 -> bad
expression.4: sample.type_declared in {"image/png", "image/jpeg", "image/gif", "image/bmp"}
    and sample.content_disposition == "inline" -> ignore

[office_macro_with_suspicious_keyword]
keyword.1: AutoOpen

[cuckoo_evil_sig]
signature.1: Creates a process that .* hides
signature.2: Collects facts about the host (ipconfig, systeminfo)

[cuckoo_score]
higher_than: 4.0

[requests_evil_domain]
domain.1: tokens.example

[cuckoo_analysis_failed]
success.1: analysis completed successfully
`

/** `peekaboo.conf` of a site. */
export const SAMPLE_MAIN = `[global]
user: peekaboo
host: 127.0.0.1
port: 8100
worker_count: 3
processing_info_dir: /var/lib/peekaboo/malware_reports

[ruleset]
config: /opt/peekaboo/etc/ruleset.conf

[logging]
log_level: INFO

[db]
url: mysql+asyncmy://peekaboo:s3cret-of-the-database@db/peekaboo

[cluster]
instance_id: 0
`

/** `analyzers.conf` of a site. */
export const SAMPLE_ANALYZERS = `[cuckoo]
url: http://cuckoo.example:8090
api_token: s3cret-of-the-sandbox
poll_interval: 5
maximum_job_age: 900
`
