/** Grammars of what shells and command interpreters run. */
import type { Grammar } from './grammar.ts'

/** Grammars of PowerShell, batch files, Unix shells. */
export const SHELL_GRAMMARS: Readonly<Record<string, Grammar>> = {
  'application/x-powershell': [
    [1, `$ ID =  $ ID .  CMDLET  ^ CMDLET`],
    [
      3,
      `CMDLET OPT  CMDLET STR  CMDLET $|(  | CMDLET  $ ID = CMDLET  = CMDLET  -eq|-ne|-match|-like|-notmatch|-gt|-lt|-ge|-le|-and|-or|-not|-in|-contains NUM|STR|$|(
       $ _ .  $ env :  $ null EOL|)|;  $ true|false EOL|)|;|}  ^ param (  [ string ]  [ int ]  [ bool ]  [ switch ]  [ array ]  [ byte [  [ char ] NUM  [ char ] (
       $ psscriptroot  $ args [  $ host .  foreach ( $  function CMDLET  ^ function ID {  @ {  $ ID [ NUM ]  try {  } catch {  | %|? {  . trim ( )  -join STR|EOL|$|(  -replace STR  -split STR  -bxor`,
    ],
    [
      9,
      `CMDLET -comobject  iex (|$|STR  | iex  . downloadstring (  . downloaddata (
       powershell -enc|-e|-ec|-encodedcommand|-en|-enco  powershell -nop|-noprofile|-noni|-noninteractive|-w|-windowstyle|-ep|-exec|-executionpolicy|-sta|-ex|-c|-command|-ec|-version|-file
       powershell . exe -enc|-e|-nop|-ep|-w|-ec|-c|-command|-exec|-executionpolicy|-encodedcommand|-windowstyle|-noprofile|-file`,
    ],
    [
      4,
      `^ start-process|invoke-webrequest|invoke-restmethod|invoke-expression|invoke-command|invoke-item|new-object|new-item|get-childitem|get-process|get-service|set-executionpolicy|start-bitstransfer|add-mppreference|set-mppreference|write-host|write-output|get-content|set-content|add-type|remove-item|get-wmiobject|get-ciminstance|import-module|get-date|get-item|start-sleep|set-location|copy-item|expand-archive|stop-process|register-scheduledtask`,
    ],
    [
      2,
      `start-process|invoke-webrequest|invoke-restmethod|invoke-expression|invoke-command|invoke-item|new-object|new-item|get-childitem|get-process|get-service|set-executionpolicy|start-bitstransfer|add-mppreference|set-mppreference|write-host|write-output|get-content|set-content|add-type|remove-item|get-wmiobject|get-ciminstance|import-module|get-date|get-item|start-sleep|set-location|copy-item|expand-archive|stop-process|register-scheduledtask ID|STR|$|(|OPT|EOL||`,
    ],
    [
      6,
      `] :: ID  . downloadfile (  [ system . ID
       exe -enc|-e|-encodedcommand|-en|-nop|-noprofile|-noni|-w|-windowstyle|-ep|-exec|-executionpolicy|-command  pwsh -enc|-e|-nop|-c|-command|-ec
       [ convert ] ::  [ text . encoding ] ::  [ reflection . assembly ] ::  [ net . ID  ] ( CMDLET  -erroraction silentlycontinue  [ cmdletbinding (  [ parameter (`,
    ],
  ],
  'application/x-bat': [
    [1, `^ @ ID  ^ type ID  ^ echo ID  ^ echo .  ^ exit EOL  ^ pause EOL  % ID %`],
    [
      3,
      `^ rem  ^ set ID =  ^ goto ID  ^ : ID EOL  ^ if exist  ^ if not exist  if errorlevel  ^ if %  ^ if not %  ^ if STR ==  ^ call ID|:|STR|%  ^ start STR  ^ start /min|/b|/wait|ID
       ^ del /f|/q|/s|STR|%  ^ copy /y|STR|%  ^ xcopy  ^ rd /s  ^ rmdir /s  ^ md STR|%  ^ mkdir STR|%  ^ cd /d  ^ cd %  ^ title ID  ^ ping -n  timeout /t  ^ cls EOL  ^ taskkill /f  taskkill /im
       ^ move STR  > nul  > % ID  ^ attrib +  ^ color NUM  ^ ) else (  ^ ren ID  ^ pause EOL  2 > nul  ^ curl -o  ^ powershell STR|OPT  ^ net start|stop|use|user|share`,
    ],
    [
      9,
      `^ @ start|cmd|powershell|call|cls|set|copy|del|reg|goto|mode|title|chcp|pushd|exit|mshta|certutil|curl|wscript|cscript|rundll32|regsvr32|net|taskkill|schtasks|bitsadmin|wmic|cd|md  @ echo off  ^ echo off  ^ @ rem  % comspec %  ^ setlocal enabledelayedexpansion  ^ powershell -w|-enc|-nop|-e|-ep|-c|-command|-ec|-windowstyle|-noprofile|-exec|-executionpolicy|-encodedcommand  certutil -decode|-urlcache  ^ mshta http|STR`,
    ],
    [
      6,
      `%% ID in  %% ID  % ~ NUM  % ~  % ID : ~  ^ exit /b  ^ setlocal  ^ endlocal  ^ for /f|/l|/r|/d|%  % errorlevel %  cmd /c|/k|/v|/q  exe /c|/k
       ^ reg add|delete|query|import  reg add  ^ certutil OPT  bitsadmin OPT  wmic ID ID  schtasks /create|OPT  ^ set /a|/p  ! ID !  mshta ID|STR|http  rundll32 ID|STR  regsvr32 OPT  : eof  ^ powershell OPT
       ^ start http|https :  ^ start STR powershell  ^ powershell . exe  ^ cmd . exe  % temp % \\\\  % appdata % \\\\  % userprofile %  % windir %  % systemroot %  % public %`,
    ],
  ],
  'text/x-shellscript': [
    [1, `^ echo STR  $ NUM  $ ID  ; then EOL`],
    [
      3,
      `then EOL  ^ fi EOL  ^ done EOL  ^ do EOL  ; do EOL  ^ esac EOL  ;; EOL  ; ; EOL  ^ if [  if [ [  while [  ^ elif [  $( ID  \${ ID  ^ export ID =  ^ local ID =  ^ source ID|/|$|STR  ^ set -e|-u|-x|-eu|-euo
       | grep  | awk STR  | sed STR|OPT  | sort EOL  | head OPT  | wc OPT  | cut OPT  | xargs  > / dev / null  > & NUM  ^ exit $  ^ ID ( ) {  $ @  $ ?  $ #  ^ readonly ID  ^ trap STR|ID
       ^ mkdir -p  ^ rm -f|-rf|-r  ^ chmod +|NUM  ^ sudo ID  && echo  || exit  || true  ^ case $|STR  ^ for ID in  ^ while read|true|:  ^ shift EOL  ^ unset ID  ^ cat <<  <<`,
    ],
    [
      6,
      `curl OPT ID  | sh  | bash  / bin / sh  / bin / bash  ^ apt-get ID  wget OPT  > / dev / tcp  bash -i|-c  nohup ID  chmod + x  / etc / cron  / tmp /  ^ #!`,
    ],
  ],
}
