/** What people of a team let an agent do: the commands it comes up with. Whether they run is up to the policy. */
export interface Task {
  /** Characters of what somebody asks for, about. */
  readonly asks: number
  readonly commands: readonly [string, ...string[]]
  /** Whether it ends with a change of files. */
  readonly patches?: true
}

const everywhere: readonly [Task, ...Task[]] = [
  { asks: 90, commands: ['git status --short', 'git diff --stat', 'git log --oneline -20'] },
  { asks: 160, commands: ['rg -n "TODO" src', 'sed -n 1,160p README.md'], patches: true },
  { asks: 60, commands: ['git add -A', 'git commit -m "Say what the limit is"', 'git push'] },
  { asks: 120, commands: ['ls -la build', 'rm -rf build', 'git clean -ndx'] },
]

export const tasks: Readonly<Record<string, readonly [Task, ...Task[]]>> = {
  'Flight software': [
    {
      asks: 240,
      commands: ['rg -n "watchdog" src/control', 'sed -n 80,220p src/control/attitude.c'],
    },
    { asks: 180, commands: ['cmake --build build -j8', 'ctest --test-dir build -R attitude'] },
    { asks: 150, commands: ['west build -b kestrel_fc2', 'west flash --dry-run'] },
    { asks: 110, commands: ['git log -p --since=1.week src/control', 'git push origin HEAD'] },
  ],
  Perception: [
    {
      asks: 260,
      commands: ['python tools/evaluate.py --split val', 'python -m pytest tests/test_labels.py'],
      patches: true,
    },
    { asks: 140, commands: ['nvidia-smi', 'python tools/export_onnx.py --opset 21'] },
    { asks: 190, commands: ['du -sh data/*', 'rm -rf data/cache', 'python tools/index.py'] },
    ...everywhere,
  ],
  'Fleet backend': [
    {
      asks: 300,
      commands: ['go build ./...', 'go test ./internal/fleet/...', 'go vet ./...'],
      patches: true,
    },
    {
      asks: 170,
      commands: ['docker compose up -d postgres', 'go run ./cmd/migrate status'],
    },
    {
      asks: 130,
      commands: ['curl -s http://localhost:8080/healthz', 'go test -run TestTelemetry'],
    },
    ...everywhere,
  ],
  Mobile: [
    {
      asks: 220,
      commands: ['npm test -- --watch=false', 'npx tsc --noEmit', 'npx eslint src'],
      patches: true,
    },
    { asks: 150, commands: ['./gradlew :app:lint', './gradlew :app:testDebugUnitTest'] },
    ...everywhere,
  ],
  Data: [
    {
      asks: 210,
      commands: ['dbt build --select fleet_daily', 'duckdb report.db -c "show tables"'],
    },
    {
      asks: 180,
      commands: ['python -m pytest', 'jupyter nbconvert --execute notebooks/weekly.ipynb'],
      patches: true,
    },
    ...everywhere,
  ],
  Platform: [
    {
      asks: 200,
      commands: ['terraform fmt -check', 'terraform plan', 'terraform apply -auto-approve'],
    },
    {
      asks: 140,
      commands: ['kubectl get pods -n fleet', 'kubectl scale deploy/ingest --replicas=4'],
    },
    {
      asks: 230,
      commands: ['helm template charts/fleet', 'helm lint charts/fleet'],
      patches: true,
    },
    { asks: 80, commands: ['git fetch --all', 'git push'] },
  ],
  Security: [
    { asks: 190, commands: ['rg -n "BEGIN PRIVATE KEY" .', 'npm audit --omit=dev'] },
    { asks: 150, commands: ['semgrep --config p/ci src', 'git log --format=%ae'] },
  ],
  'CI runners': [
    { asks: 420, commands: ['npm ci', 'npm test', 'npm run build'] },
    { asks: 380, commands: ['go test ./...', 'go build ./cmd/...'], patches: true },
    { asks: 350, commands: ['npm ci', 'node scripts/changelog.js', 'git push origin release'] },
  ],
  Contractors: [
    { asks: 130, commands: ['rg -n "pilot" app/src', 'sed -n 1,120p app/src/map.tsx'] },
    { asks: 90, commands: ['curl -O https://files.kestrel.example/map.zip', 'ls -la'] },
    { asks: 100, commands: ['npm test', 'scp report.pdf build@10.40.1.12:/tmp'] },
  ],
}

export const tasksOf = (team: string): readonly [Task, ...Task[]] => tasks[team] ?? everywhere
