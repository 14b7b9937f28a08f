# Pins one list with hashes and without any index address: sh compile.sh base|build|test
case $1 in
  base) from=../pyproject.toml ;;
  build) from=build.in ;;
  test) from="../pyproject.toml --extra test" ;;
esac
exec ../.venv/bin/uv pip compile $from --generate-hashes --no-emit-index-url --no-header --universal --python-version 3.11 --quiet -o "$1.txt"
