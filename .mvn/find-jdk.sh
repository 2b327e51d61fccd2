# Sourced by ./mvnw and ./budstikke. find_jdk N sets JAVA_HOME to a JDK of version N or newer, or says what was looked at and ends.
# Order: JAVA_HOME, the java on PATH, the usual folders (newest name first).

jdk_version() {
    # A JDK's `release` file names its version; reading it is quicker than starting a JVM.
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

find_jdk() {
    wanted=$1
    looked_at=""
    path_java=$(command -v java 2>/dev/null || true)
    path_home=""
    if [ -n "$path_java" ]; then
        path_home=$(dirname "$(dirname "$(readlink -f "$path_java" 2>/dev/null || echo "$path_java")")")
    fi
    for home in "${JAVA_HOME:-}" "$path_home" \
        $(ls -1dr /usr/lib/jvm/* /opt/java/* /opt/jdk* /Library/Java/JavaVirtualMachines/*/Contents/Home \
            "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* 2>/dev/null || true); do
        [ -n "$home" ] || continue
        version=$(jdk_version "$home" || true)
        looked_at="$looked_at
  $home (${version:-no JDK})"
        if [ -n "$version" ] && [ "$version" -ge "$wanted" ]; then
            JAVA_HOME=$home
            return 0
        fi
    done
    echo "No JDK $wanted or newer was found. Looked at:$looked_at" >&2
    echo "Install one (for instance Temurin $wanted, or your distribution's openjdk-$wanted-jdk) and set JAVA_HOME to it." >&2
    exit 1
}
