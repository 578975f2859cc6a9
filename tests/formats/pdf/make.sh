#!/bin/sh
# Makes the PDF files of this folder again. Needs chromium and soffice. Run it in this folder, as root: sh make.sh
set -e
exec 2>/dev/null
work=$(mktemp -d)
chrome="chromium --headless --no-sandbox --disable-gpu --disable-pdf-tagging --user-data-dir=$work/chrome"
office="soffice -env:UserInstallation=file://$work/office --headless"
for name in columns sidebar arabic; do
    $chrome --no-pdf-header-footer --print-to-pdf=$name.pdf $name.html
done
python3 -m http.server 8765 --bind 127.0.0.1 & server=$!
sleep 1
$chrome --print-to-pdf=printed.pdf "http://127.0.0.1:8765/bundle.html"
kill $server
$office --convert-to pdf office.fodt
$office --convert-to odt:writer8 --infilter="HTML (StarWriter)" --outdir "$work" bundle.html
$office --convert-to pdf "$work/bundle.odt"
$office --convert-to 'pdf:writer_pdf_Export:{"EncryptFile":{"type":"boolean","value":"true"},"DocumentOpenPassword":{"type":"string","value":"secret"}}' --outdir "$work" "$work/bundle.odt"
mv "$work/bundle.pdf" encrypted.pdf
rm -r "$work"
